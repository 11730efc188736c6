import { ResultError } from "../errors.js";
import { runningTask } from "../run/current-task.js";
import type { GetOptions } from "./async-result.js";

/** Waits: inside a task only where that is allowed, and without its slot. @throws ResultError `JOIN_IN_TASK` */
export function join<T>({ allowJoin }: GetOptions, wait: () => Promise<T>): Promise<T> {
  const task = runningTask();
  if (task === undefined) return wait();
  if (allowJoin === true) return task.join(wait);
  throw new ResultError(
    "JOIN_IN_TASK",
    `task ${task.name} (${task.id}) waits for another task; that can starve the workers. Pass { allowJoin: true } if you mean it`,
  );
}
