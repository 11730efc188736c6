import { setTimeout as delay } from "node:timers/promises";
import { currentTask, task } from "@taskgen/core";

export const add = task((x, y) => x + y);

/** Gives back what it is given. */
export const echo = task((value) => value);

/** How late it began: milliseconds after the time it was due. */
export const due = task((at) => Date.now() - at);

/** Waits as if for another server. */
export const nap = task((ms) => delay(ms));

/** Milliseconds after which the retries under way are due, by id. */
const retriesDue = new Map();

/** Fails a few times; back-off as `retryBackoff: "1s"` has it, with full jitter. Comes to how late each retry began. */
export const flaky = task({ maxRetries: null }, (failures) => {
  const run = currentTask();
  const { id, retries } = run;
  const { dueAt, late } = retriesDue.get(id) ?? { dueAt: Date.now(), late: [] };
  if (retries > 0) late.push(Date.now() - dueAt);
  retriesDue.delete(id);
  if (retries === failures) return late;
  const ms = Math.round(Math.random() * 1000 * 2 ** retries);
  retriesDue.set(id, { dueAt: Date.now() + ms, late });
  throw run.retry({ countdown: `${ms}ms` });
});

/** Computes without ever giving way. */
export const burn = task((turns) => {
  let x = 1;
  for (let i = 0; i < turns; i++) x = (Math.imul(x, 1_664_525) + 1_013_904_223) | 0;
  return x;
});
