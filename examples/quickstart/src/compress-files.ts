import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { tasks } from "./_generated/client.js";
import { createProgressBar } from "./progress.js";

type Compressed = Awaited<ReturnType<ReturnType<typeof tasks.compress.delay>["get"]>>;

/** What came of all files. */
export interface Totals {
  readonly files: number;
  readonly size: number;
  readonly compressedSize: number;
  readonly threads: number;
  readonly seconds: number;
  /** How many digests were computed again here; all were the same. */
  readonly verified: number;
}

/** Calls the task `compress` once for each file and waits for all of them. */
export async function compressFiles(paths: readonly string[]): Promise<Totals> {
  const started = performance.now();
  const compressed = await compressAll(paths);
  const seconds = (performance.now() - started) / 1_000;
  return { ...sum(compressed), seconds, verified: await verify(paths, compressed) };
}

async function compressAll(paths: readonly string[]): Promise<Compressed[]> {
  const bar = createProgressBar(paths.length);
  let done = 0;
  try {
    const results = await tasks.compress.delayMany(paths.map((path) => [path]));
    return await Promise.all(
      results.map(async (result) => {
        const compressed = await result.get();
        bar.update(++done);
        return compressed;
      }),
    );
  } finally {
    bar.stop();
  }
}

function sum(compressed: readonly Compressed[]): Omit<Totals, "seconds" | "verified"> {
  const total = (pick: (one: Compressed) => number): number =>
    compressed.reduce((before, one) => before + pick(one), 0);
  return {
    files: compressed.length,
    size: total(({ size }) => size),
    compressedSize: total(({ compressedSize }) => compressedSize),
    threads: new Set(compressed.map(({ thread }) => thread)).size,
  };
}

/** Computes the digests of a few files here; throws when the worker's were others. */
async function verify(paths: readonly string[], compressed: readonly Compressed[]): Promise<number> {
  const every = Math.ceil(paths.length / 5);
  const sample = paths.map((path, index) => ({ path, index })).filter(({ index }) => index % every === 0);
  for (const { path, index } of sample) {
    const digest = createHash("sha256")
      .update(await readFile(path))
      .digest("hex");
    if (digest !== compressed[index]?.sha256) throw new Error(`the digest of ${path} is wrong`);
  }
  return sample.length;
}
