// The raw producer process: pushes messages, waits for their results.
import { createId } from "@taskgen/core/internal";
import { given, serve } from "../child/serve.js";
import { decodeResult, encodeCall } from "./message.js";
import { manyCalls } from "./many.js";
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

async function call(bodies: () => readonly Uint8Array[]): Promise<unknown[]> {
  values.clear();
  const calls = bodies().map((body): RawMessage => ({ id: createId(), body }));
  await push(calls);
  while (values.size < calls.length) await new Promise<void>((resolve) => (wake = resolve));
  return calls.map(({ id }) => values.get(id));
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
  ...manyCalls(call),
  oneByOne,
  stop: () => {
    queue.close();
    echo.close();
  },
});
