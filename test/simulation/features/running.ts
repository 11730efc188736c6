import { currentTask } from "@taskgen/core";
import type { SimulatedProcess } from "../process.js";
import { currentOwner } from "../virtual-time.js";

/** What a task throws to be retried. */
export class Flaky extends Error {
  override readonly name = "Flaky";
}

/** The process whose code runs now. */
export const here = (): SimulatedProcess => currentOwner.getStore() as SimulatedProcess;

/** Waits; ends early when the task is told to stop, unless it does not listen. */
export function sleep(ms: number, listens = true): Promise<void> {
  const { signal } = currentTask();
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (!listens) return;
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

/** Takes the process down; nothing of it happens any more. */
export async function die(): Promise<void> {
  here().crash();
  await sleep(1);
}

/** Takes down when a run begins and how it ends; the value of a run names it. */
export async function recorded(body: (run: number) => Promise<void>): Promise<string> {
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

export async function failUntil(times: number, ms: number): Promise<void> {
  await sleep(ms);
  if (currentTask().retries < times) throw new Flaky(`retry ${currentTask().retries}`);
}

/** Options of tasks that fail some times. */
export const RETRYING = {
  autoretryFor: [Flaky],
  retryBackoff: "200ms",
  retryBackoffMax: "2s",
  maxRetries: 3,
} as const;
