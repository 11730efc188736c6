// One process that does with a Redis what a queue must, a step at a time: as fast as one client can have it done.
import { createId } from "@taskgen/core/internal";
import { cpuMs, given, serve } from "../child/serve.js";
import { argumentsOf } from "../taskgen/calls.js";
import { encodeCall, runCall } from "./message.js";
import { asBuffer, connect } from "./redis-client.js";
import { RawQueue, type RawMessage } from "./redis-queue.js";

/** What a step cost this process. */
export interface StepCost {
  readonly ms: number;
  readonly cpuMs: number;
}

const BATCH = 500;
const OWNED = "owned";
const REPLIES = "replies";
const LIFE_MS = 3_600_000;

/** KEYS: [1] owned, [2] replies, then the result of each. ARGV: [1] life of a result in ms; [2…] n ids, then n results. */
const FINISH = `
local n = #KEYS - 2
redis.call('HDEL', KEYS[1], unpack(ARGV, 2, n + 1))
local replies = {}
for i = 1, n do
  redis.call('SET', KEYS[i + 2], ARGV[n + 1 + i], 'PX', ARGV[1])
  replies[i] = ARGV[1 + i] .. ARGV[n + 1 + i]
end
redis.call('RPUSH', KEYS[2], unpack(replies))
`;

const { url } = given() as { readonly url: string };
const queue = await RawQueue.open(url);
const client = await connect(url);
const finishScript = String(await client.callBuffer("script", "load", FINISH));
let calls: readonly RawMessage[] = [];
let results: readonly Uint8Array[] = [];

async function finish(from: number): Promise<void> {
  const ids = calls.slice(from, from + BATCH).map(({ id }) => id);
  const keys = [OWNED, REPLIES, ...ids.map((id) => `result:${id}`)];
  const args = [LIFE_MS, ...ids, ...results.slice(from, from + BATCH).map(asBuffer)];
  await client.callBuffer("evalsha", finishScript, keys.length, ...keys, ...args);
}

/** Does something for all calls, a batch at a time, without waiting for the batch before. */
async function step(batch: (from: number) => Promise<unknown>): Promise<StepCost> {
  const [start, before] = [performance.now(), cpuMs()];
  const all: Promise<unknown>[] = [];
  for (let i = 0; i < calls.length; i += BATCH) all.push(batch(i));
  await Promise.all(all);
  return { ms: performance.now() - start, cpuMs: cpuMs() - before };
}

serve({
  prepare: async (n: number) => {
    calls = argumentsOf(n).map((args) => ({ id: createId(), body: encodeCall(args) }));
    results = calls.map(({ body }) => runCall(body));
    await client.callBuffer("flushall");
  },
  push: () => step((i) => queue.push(calls.slice(i, i + BATCH))),
  take: () => step(() => queue.take(BATCH)),
  finish: () => step(finish),
  replies: () => step(() => client.callBuffer("lpop", REPLIES, BATCH)),
  stop: () => {
    queue.close();
    client.disconnect();
  },
});
