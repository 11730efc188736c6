import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { progress, task } from "@taskgen/core";

const steps = progress<{ done: number; total: number }>();

/** Compresses files one after the other, and says how far it is; the digest of all that came out. */
export const archive = task({ progress: steps }, async (paths: readonly string[]) => {
  const hash = createHash("sha256");
  for (const [i, path] of paths.entries()) {
    hash.update(gzipSync(await readFile(path), { level: 9 }));
    steps.report({ done: i + 1, total: paths.length });
  }
  return hash.digest("hex");
});
