import { resolve } from "node:path";
import type { CompatibilityMode } from "./config.js";
import { changeDiagnostic } from "./contract/change-diagnostic.js";
import type { Change } from "./contract/change.js";
import type { ContractFile } from "./contract/contract-file.js";
import { diffContracts } from "./contract/diff.js";
import { staleTasks, type StaleTask } from "./contract/staleness.js";
import { placeOf, type Diagnostic, type Place } from "./diagnostics.js";
import type { TaskModel } from "./model.js";
import { readIfPresent } from "./write.js";

/** The tasks of a project, and the contract that they say. */
export interface CurrentContract {
  readonly cwd: string;
  readonly tasks: readonly TaskModel[];
  readonly contract: ContractFile;
}

/** TG3001 and TG3002: what the code of now does to those who know `baseline`, at the tasks that changed. */
export function compareContract(
  { cwd, tasks, contract }: CurrentContract,
  baseline: ContractFile,
  mode: CompatibilityMode,
): { readonly changes: readonly Change[]; readonly diagnostics: readonly Diagnostic[] } {
  const changes = diffContracts(baseline, contract, { mode, upcasts: upcastsOf(tasks) });
  const places = new TaskPlaces(cwd, tasks);
  return { changes, diagnostics: changes.flatMap((change) => changeDiagnostic(change, places.of(change.task)) ?? []) };
}

/** TG3003: the tasks of which the committed contract does not say what the code says. */
export function staleDiagnostics({ cwd, tasks, contract }: CurrentContract, lock: ContractFile): Diagnostic[] {
  const places = new TaskPlaces(cwd, tasks);
  return staleTasks(lock, contract).map(({ task, kind }) => {
    const at = places.of(task);
    return {
      code: "TG3003",
      severity: "error",
      message: `tasks.contract.json does not know that ${describe(task, kind)}`,
      fix: "run `npx taskgen accept` and commit the file",
      ...(at !== undefined && { file: at.file, at }),
    };
  });
}

function describe(task: string, kind: StaleTask["kind"]): string {
  if (kind === "added") return `there is a task "${task}"`;
  if (kind === "removed") return `there is no task "${task}" any more`;
  if (kind === "source") return `the task "${task}" has moved`;
  return `the ${kind} of the task "${task}" have changed`;
}

/** Whether a task's option `versions` names a contract. */
export function upcastsOf(tasks: readonly TaskModel[]): (task: string, shortHash: string) => boolean {
  const versions = new Map(tasks.map((task) => [task.name, new Set(task.versions)]));
  return (task, shortHash) => versions.get(task)?.has(shortHash) === true;
}

/** Where tasks are declared, by their wire names. */
class TaskPlaces {
  readonly #cwd: string;
  readonly #tasks: ReadonlyMap<string, TaskModel>;

  constructor(cwd: string, tasks: readonly TaskModel[]) {
    this.#cwd = cwd;
    this.#tasks = new Map(tasks.map((task) => [task.name, task]));
  }

  of(name: string): Place | undefined {
    const task = this.#tasks.get(name);
    if (task === undefined) return undefined;
    return placeOf(task.file, readIfPresent(resolve(this.#cwd, task.file)) ?? "", task.span);
  }
}
