import { currentTask, IgnoreTask, RejectTask, task, type Registry, type Task } from "@taskgen/core";
import { currentOwner } from "./virtual-time.js";
import type { SimulatedProcess } from "./process.js";

/** What a task throws to be retried. */
export class Flaky extends Error {
  override readonly name = "Flaky";
}

const here = (): SimulatedProcess => currentOwner.getStore() as SimulatedProcess;

/** Waits; ends early when the task is told to stop, unless it does not listen. */
function sleep(ms: number, listens = true): Promise<void> {
  const { signal } = currentTask();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    if (!listens) return;
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}

/** Takes down when a run begins and how it ends; the value of a run names it. */
async function recorded(body: (run: number) => Promise<void>): Promise<string> {
  const { id, retries, redeliveries } = currentTask();
  const process = here();
  const run = process.world.begins({ id, by: process.name, retries, redeliveries });
  try {
    await body(run);
    const value = `${id}#${run}`;
    process.ends({ id, run, value });
    return value;
  } catch (error) {
    process.ends({ id, run, threw: (error as Error).name });
    throw error;
  }
}

async function failUntil(times: number, ms: number): Promise<void> {
  await sleep(ms);
  if (currentTask().retries < times) throw new Flaky(`retry ${currentTask().retries}`);
}

const retrying = { autoretryFor: [Flaky], retryBackoff: "200ms", retryBackoffMax: "2s", maxRetries: 3 } as const;

const tasks: Readonly<Record<string, Task>> = {
  echo: task((ms: number) => recorded(() => sleep(ms))),
  stubborn: task((ms: number) => recorded(() => sleep(ms, false))),
  tracked: task({ trackStarted: true }, (ms: number) => recorded(() => sleep(ms))),
  flaky: task(retrying, (times: number, ms: number) => recorded(() => failUntil(times, ms))),
  again: task({ maxRetries: 3 }, (times: number, countdownMs: number) =>
    recorded(async () => {
      await sleep(5);
      if (currentTask().retries < times) throw currentTask().retry({ countdown: `${countdownMs}ms` });
    }),
  ),
  failing: task((ms: number) =>
    recorded(async () => {
      await sleep(ms);
      throw new TypeError("broken");
    }),
  ),
  early: task({ ack: "early" }, (ms: number) => recorded(() => sleep(ms))),
  earlyFlaky: task({ ...retrying, ack: "early" }, (times: number, ms: number) => recorded(() => failUntil(times, ms))),
  limited: task({ timeLimit: "500ms" }, (ms: number) => recorded(() => sleep(ms, false))),
  softLimited: task({ softTimeLimit: "300ms" }, (ms: number) => recorded(() => sleep(ms))),
  rejecting: task(() =>
    recorded(async () => {
      throw new RejectTask("no");
    }),
  ),
  ignoring: task(() =>
    recorded(async () => {
      throw new IgnoreTask();
    }),
  ),
  /** Takes its process down. */
  poison: task((times: number) =>
    recorded(async () => {
      await sleep(20);
      if (currentTask().redeliveries < times) here().crash();
      await sleep(20);
    }),
  ),
  /** Calls others and waits for them. */
  parent: task((count: number, ms: number) =>
    recorded(async (run) => {
      const process = here();
      const children = Array.from({ length: count }, (_, i) => `${currentTask().id}.${run}.${i}`);
      await Promise.all(children.map((child) => process.calls.inTask(child, ms)));
    }),
  ),
};

export const registry: Registry = {
  url: import.meta.url,
  tasks: Object.fromEntries(
    Object.entries(tasks).map(([name, one]) => [name, { source: `the simulation's ${name}`, load: async () => one }]),
  ),
};

/** The option of each task that its history is checked by. */
export const maxRetriesOf = (name: string): number => (["flaky", "again", "earlyFlaky"].includes(name) ? 3 : 0);
export const isEarly = (name: string): boolean => name.startsWith("early");
