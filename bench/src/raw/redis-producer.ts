// The raw producer process: pushes messages, waits for their results.
import { createId } from "@taskgen/core/internal";
import { given, serve } from "../child/serve.js";
import { decodeResult, encodeCall } from "./message.js";
import { argumentsOf, check } from "../taskgen/calls.js";
import { Echo } from "./redis-echo.js";
import { RawQueue, type RawMessage } from "./redis-queue.js";

const BATCH = 500;

const { url } = given() as { readonly url: string };
const queue = await RawQueue.open(url);
const echo = await Echo.open(url);
const values = new Map<string, unknown>();
let wake = (): void => {};

await queue.onResults((results) => {
  for (const { id, body } of results) values.set(id, decodeResult(body));
  wake();
});

async function push(calls: readonly RawMessage[]): Promise<void> {
  const pushes: Promise<void>[] = [];
  for (let i = 0; i < calls.length; i += BATCH) pushes.push(queue.push(calls.slice(i, i + BATCH)));
  await Promise.all(pushes);
}

async function many(n: number): Promise<number> {
  values.clear();
  const start = performance.now();
  const calls = argumentsOf(n).map((args): RawMessage => ({ id: createId(), body: encodeCall(args) }));
  await push(calls);
  while (values.size < n) await new Promise<void>((resolve) => (wake = resolve));
  const ms = performance.now() - start;
  check(calls.map(({ id }) => values.get(id)));
  return ms;
}

async function oneByOne(n: number): Promise<number[]> {
  const times: number[] = [];
  const results: unknown[] = [];
  for (const args of argumentsOf(n)) {
    const start = performance.now();
    results.push(decodeResult(await echo.call(encodeCall(args))));
    times.push(performance.now() - start);
  }
  check(results);
  return times;
}

serve({
  many,
  oneByOne,
  stop: () => {
    queue.close();
    echo.close();
  },
});
