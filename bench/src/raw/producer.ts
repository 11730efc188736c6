// The raw producer process: inserts messages, waits for their results.
import { given, serve } from "../child/serve.js";
import { createId } from "@taskgen/core/internal";
import { Bell } from "./bell.js";
import { decodeResult, encodeCall } from "./message.js";
import { RawStore } from "./store.js";

const BATCH = 500;

const { path } = given() as { readonly path: string };
const store = await RawStore.open(path);
const work = new Bell(`${path}-work`);
const done = new Bell(`${path}-done`);
const results = new Map<string, unknown>();
let wake = (): void => {};

done.onRing(() => {
  for (const { id, body } of store.read()) results.set(id, decodeResult(body));
  wake();
});

const callsOf = (n: number): { id: string; body: Uint8Array }[] =>
  Array.from({ length: n }, (_, i) => ({ id: createId(), body: encodeCall([i, 1]) }));

/** Resolves when there are `n` results. */
async function arrived(n: number): Promise<void> {
  while (results.size < n) await new Promise<void>((resolve) => (wake = resolve));
}

function insert(n: number): string[] {
  const calls = callsOf(n);
  for (let i = 0; i < n; i += BATCH) {
    store.insert(calls.slice(i, i + BATCH));
    work.ring();
  }
  return calls.map(({ id }) => id);
}

async function many(n: number): Promise<number> {
  results.clear();
  const start = performance.now();
  const ids = insert(n);
  await arrived(n);
  const ms = performance.now() - start;
  ids.forEach((id, i) => expect(results.get(id), i));
  return ms;
}

async function oneByOne(n: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < n; i++) {
    results.clear();
    const start = performance.now();
    const [id] = insert(1);
    await arrived(1);
    times.push(performance.now() - start);
    expect(results.get(id!), 0);
  }
  return times;
}

function expect(value: unknown, i: number): void {
  if (value !== i + 1) throw new Error(`call ${i} came to ${String(value)}`);
}

function timed(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

serve({
  many,
  oneByOne,
  sendOneByOne: (n: number) =>
    timed(() => {
      for (let i = 0; i < n; i++) insert(1);
    }),
  sendMany: (n: number) => timed(() => insert(n)),
  stop: () => {
    done.close();
    store.close();
  },
});
