import { compareCodeUnits } from "../order.js";
import { taskIn, type ContractFile, type ContractTask } from "./contract-file.js";

/** A task of which the lock does not say what the code says. */
export interface StaleTask {
  readonly task: string;
  readonly kind: "added" | "removed" | "types" | "options" | "source";
}

/** Where the lock differs from the contract that the code says now, by task; empty when it is up to date. */
export function staleTasks(lock: ContractFile, current: ContractFile): StaleTask[] {
  const names = new Set([...Object.keys(lock.tasks), ...Object.keys(current.tasks)]);
  return [...names].toSorted(compareCodeUnits).flatMap((task) => {
    const kind = difference(taskIn(lock, task), taskIn(current, task));
    return kind === undefined ? [] : [{ task, kind }];
  });
}

function difference(locked?: ContractTask, current?: ContractTask): StaleTask["kind"] | undefined {
  if (locked === undefined) return "added";
  if (current === undefined) return "removed";
  if (locked.contract !== current.contract) return "types";
  if (locked.optionsHash !== current.optionsHash) return "options";
  return locked.source === current.source ? undefined : "source";
}
