// The raw producer process: inserts messages, waits for their results.
import { given, serve } from "../child/serve.js";
import { createId } from "@taskgen/core/internal";
import { Bell } from "./bell.js";
import { argumentsOf, check } from "../taskgen/calls.js";
import { manyCalls } from "./many.js";
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

/** Resolves when there are `n` results. */
async function arrived(n: number): Promise<void> {
  while (results.size < n) await new Promise<void>((resolve) => (wake = resolve));
}

function insert(bodies: readonly Uint8Array[]): string[] {
  const calls = bodies.map((body) => ({ id: createId(), body }));
  for (let i = 0; i < calls.length; i += BATCH) {
    store.insert(calls.slice(i, i + BATCH));
    work.ring();
  }
  return calls.map(({ id }) => id);
}

async function call(bodies: () => readonly Uint8Array[]): Promise<unknown[]> {
  results.clear();
  const ids = insert(bodies());
  await arrived(ids.length);
  return ids.map((id) => results.get(id));
}

async function oneByOne(n: number): Promise<number[]> {
  const times: number[] = [];
  const values: unknown[] = [];
  for (const args of argumentsOf(n)) {
    const start = performance.now();
    values.push(...(await call(() => [encodeCall(args)])));
    times.push(performance.now() - start);
  }
  check(values);
  return times;
}

function timed(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

serve({
  ...manyCalls(call),
  oneByOne,
  sendOneByOne: (n: number) =>
    timed(() => {
      for (const args of argumentsOf(n)) insert([encodeCall(args)]);
    }),
  sendMany: (n: number) => timed(() => insert(argumentsOf(n).map((args) => encodeCall(args)))),
  stop: () => {
    done.close();
    store.close();
  },
});
