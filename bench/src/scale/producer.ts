// A process that calls tasks of other kinds than the no-op.
import { createApp } from "@taskgen/core";
import { given, serve } from "../child/serve.js";
import { argumentsOf, check } from "../taskgen/calls.js";
import type { ProducerSettings } from "../taskgen/producer.js";
import { checkPayloads, plainPayload, richPayload, type PayloadRun } from "./payload.js";
import { createScaleTasks } from "./stubs.js";

/** Delayed tasks, evenly spread. */
export interface DelayedRun {
  readonly n: number;
  /** Before the first one is due. */
  readonly leadMs: number;
  readonly spreadMs: number;
}

/** No-op tasks over queues `q0`, `q1` and so on. */
export interface QueuesRun {
  readonly n: number;
  readonly queues: number;
}

/** Tasks that each take some time, and short ones on a queue of their own meanwhile. */
export interface BusyRun {
  readonly n: number;
  readonly turns: number;
}

/** What came of it. */
export interface Busy {
  readonly ms: number;
  /** Of each short call, one at a time. */
  readonly short: readonly number[];
}

/** So many calls with the same arguments. */
const repeated = <T>(n: number, value: T): [T][] => Array.from({ length: n }, () => [value]);

const CHUNK = 10_000;
const TOGETHER = 500;
const NAP_MS = 10;
const FAILURES = 2;

const { broker, prefix } = given() as ProducerSettings;
const app = createApp({ broker, prefix });
const { add, echo, due, nap, flaky, burn } = createScaleTasks(app);
await app.connect();

const timed = async <T>(run: () => Promise<T>, checked: (value: T) => void = () => {}): Promise<number> => {
  const start = performance.now();
  const value = await run();
  const ms = performance.now() - start;
  checked(value);
  return ms;
};

/** Sends `n` calls and reads no result. */
async function fill(n: number): Promise<void> {
  for (let left = n; left > 0; left -= CHUNK) await add.delayMany(argumentsOf(Math.min(left, CHUNK)));
}

function payloads({ n, bytes, rich }: PayloadRun): Promise<number> {
  const payload = rich ? richPayload(bytes) : plainPayload(bytes);
  const calls = repeated(n, payload);
  return timed(
    () => echo.delayMany(calls).get(),
    (values) => checkPayloads(values, payload),
  );
}

/** How long it took to send them all. */
async function delayed({ n, leadMs, spreadMs }: DelayedRun): Promise<number> {
  const start = performance.now();
  const first = Date.now() + leadMs;
  const call = (i: number): Promise<unknown> => {
    const at = first + Math.round((i / n) * spreadMs);
    return due.with({ eta: new Date(at) }).delay(at);
  };
  for (let i = 0; i < n; i += TOGETHER) {
    await Promise.all(Array.from({ length: Math.min(TOGETHER, n - i) }, (_, k) => call(i + k)));
  }
  return performance.now() - start;
}

async function oneByOne(n: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < n; i++) times.push(await timed(() => add.delay(i, 1).get()));
  return times;
}

function overQueues({ n, queues }: QueuesRun): Promise<number> {
  const args = argumentsOf(Math.ceil(n / queues));
  const calls = Array.from({ length: queues }, (_, i) => add.with({ queue: `q${i}` }));
  return timed(
    () => Promise.all(calls.map((call) => call.delayMany(args).get())),
    (all) => all.forEach(check),
  );
}

async function busy({ n, turns }: BusyRun): Promise<Busy> {
  const short: number[] = [];
  const ended = new AbortController();
  const all = timed(() => burn.delayMany(repeated(n, turns)).get()).finally(() => ended.abort());
  do short.push(await timed(() => add.with({ queue: "short" }).delay(1, 1).get()));
  while (!ended.signal.aborted);
  return { ms: await all, short };
}

serve({
  many: (n: number) => timed(() => add.delayMany(argumentsOf(n)).get(), check),
  oneByOne,
  naps: (n: number) => timed(() => nap.delayMany(repeated(n, NAP_MS)).get()),
  retries: (n: number) => timed(() => flaky.delayMany(repeated(n, FAILURES))),
  fill,
  payloads,
  delayed,
  overQueues,
  busy,
  stop: () => app.close(),
});
