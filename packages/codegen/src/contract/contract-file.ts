import { readFileSync } from "node:fs";
import type { TaskModel } from "../model.js";
import { compareCodeUnits } from "../order.js";
import type { Definitions } from "./alternatives.js";
import { CONTRACT_SCHEMA } from "./canonical.js";
import { DefinitionPool } from "./definition-pool.js";
import { hashIn, optionsHash, setHash, type ContractOptions } from "./hash.js";
import { reachableNames, type Signature } from "./rewrite.js";
import { TypeGraph } from "./type-graph.js";
import type { TaskTypes } from "./type-model.js";

/** What callers and workers of a project agree on: `tasks.contract.json`, which is committed. */
export interface ContractFile {
  readonly schema: typeof CONTRACT_SCHEMA;
  /** What wrote it; no part of any hash. */
  readonly tool: string;
  /** How values are written. */
  readonly codec: string;
  /** The hash of the codec and of every task's two hashes. */
  readonly hash: string;
  /** Breaking changes that were accepted, the latest first. */
  readonly breaking?: readonly AcceptedBreak[];
  /** What refs lead to, by name. */
  readonly types: Definitions;
  /** By wire name. */
  readonly tasks: Readonly<Record<string, ContractTask>>;
}

/** One task of a contract. */
export interface ContractTask extends Signature {
  /** The hash of its types. */
  readonly contract: string;
  readonly optionsHash: string;
  readonly options: ContractOptions;
  /** `src/tasks/math.task.ts#add` */
  readonly source: string;
  /** What its contract was, the latest first. */
  readonly history: readonly PastContract[];
}

/** A contract whose messages may still be in a queue. */
export interface PastContract extends Signature {
  readonly contract: string;
  /** The day on which another took its place, as `2026-11-30`. */
  readonly replaced?: string;
}

/** A breaking change that somebody took the responsibility for. */
export interface AcceptedBreak {
  /** The day, as `2026-11-30`. */
  readonly accepted: string;
  readonly reason: string;
  /** What it was about: rule, task and path. */
  readonly changes: readonly string[];
}

/** A task with the types that its callers and workers see. */
export interface TypedTask {
  readonly model: TaskModel;
  readonly types: TaskTypes;
  /** The hash of the types, where it is known. */
  readonly contract?: string | undefined;
}

/** A version of a task's types in terms of its own definitions. */
export interface ContractVersion {
  readonly contract: string;
  readonly types: TaskTypes;
  readonly replaced?: string;
}

/** What `composeContract` makes a task of. */
export interface TaskDraft {
  readonly name: string;
  readonly source: string;
  readonly options: ContractOptions;
  readonly types: TaskTypes;
  /** The hash of the types, where it is known. */
  readonly contract?: string | undefined;
  /** What its types were, the latest first; what they are again now is left out. */
  readonly history: readonly ContractVersion[];
}

/** What writes contracts now. */
function tool(): string {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as PackageJson;
  return `taskgen/${version}`;
}

interface PackageJson {
  readonly version: string;
}

/** How values are written now: JSON, or superjson behind a mark. */
export const CONTRACT_CODEC = "superjson/2";

/** The contract that the code says now, with the histories and accepted breaks of the previous one. */
export function contractOf(tasks: readonly TypedTask[], previous?: ContractFile): ContractFile {
  const drafts = tasks.map(({ model, types, contract }): TaskDraft => {
    const history = previous === undefined ? [] : historyOf(previous, model.name);
    const source = `${model.file}#${model.exportName}`;
    return { name: model.name, source, options: { ...model.options }, types, contract, history };
  });
  return composeContract(drafts, { breaking: previous?.breaking ?? [] });
}

/** Puts a file together: tasks by name, current definitions named before those of histories. */
export function composeContract(
  drafts: readonly TaskDraft[],
  { breaking = [], codec = CONTRACT_CODEC }: { breaking?: readonly AcceptedBreak[]; codec?: string } = {},
): ContractFile {
  const pool = new DefinitionPool();
  const sorted = drafts.toSorted((a, b) => compareCodeUnits(a.name, b.name));
  const adopted = sorted.map((draft) => ({ draft, signature: pool.adopt(draft.types) }));
  const graph = new TypeGraph(pool.definitions);
  const tasks = Object.fromEntries(
    adopted.map(({ draft, signature }): [string, ContractTask] => [
      draft.name,
      taskOf(draft, { contract: draft.contract ?? hashIn(graph, signature), ...signature }, pool),
    ]),
  );
  return {
    schema: CONTRACT_SCHEMA,
    tool: tool(),
    codec,
    hash: setHash(codec, tasks),
    ...(breaking.length > 0 && { breaking }),
    types: pool.definitions,
    tasks,
  };
}

function taskOf(draft: TaskDraft, { contract, ...signature }: PastContract, pool: DefinitionPool): ContractTask {
  const names = Object.entries(draft.options).toSorted(([a], [b]) => compareCodeUnits(a, b));
  return {
    contract,
    optionsHash: optionsHash(draft.options),
    options: Object.fromEntries(names),
    source: draft.source,
    ...signature,
    history: draft.history
      .filter((past) => past.contract !== contract)
      .map((past) => ({
        contract: past.contract,
        ...(past.replaced !== undefined && { replaced: past.replaced }),
        ...pool.adopt(past.types),
      })),
  };
}

/** A task of a contract, if there is one of that name. */
export const taskIn = (file: ContractFile, name: string): ContractTask | undefined =>
  Object.hasOwn(file.tasks, name) ? file.tasks[name] : undefined;

/** The types of a task, with the definitions that they come by; `undefined` without such a task. */
export function taskTypesOf(file: ContractFile, name: string): TaskTypes | undefined {
  const task = taskIn(file, name);
  return task && typesOf(file, task);
}

/** The version of a task that the file calls current. */
export function versionOf(file: ContractFile, task: ContractTask): ContractVersion {
  return { contract: task.contract, types: typesOf(file, task) };
}

/** The versions of a task before the current one, the latest first. */
export function historyOf(file: ContractFile, name: string): ContractVersion[] {
  return (taskIn(file, name)?.history ?? []).map((past) => ({
    contract: past.contract,
    types: typesOf(file, past),
    ...(past.replaced !== undefined && { replaced: past.replaced }),
  }));
}

function typesOf(file: ContractFile, { args, item, result, errors }: Signature): TaskTypes {
  const signature = { args, ...(item !== undefined && { item }), result, errors };
  const names = reachableNames(signature, file.types);
  return { ...signature, types: Object.fromEntries(names.map((name) => [name, file.types[name]])) as Definitions };
}
