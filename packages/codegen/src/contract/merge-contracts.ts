import {
  composeContract,
  historyOf,
  taskIn,
  versionOf,
  type AcceptedBreak,
  type ContractFile,
  type ContractTask,
  type ContractVersion,
  type TaskDraft,
} from "./contract-file.js";

/**
 * One contract of two branches: the tasks of both with the history of both. Where they disagree on a task, ours is current and
 * theirs is history; what the code says now is a matter of `accept`.
 */
export function mergeContracts(ours: ContractFile, theirs: ContractFile): ContractFile {
  const names = [...new Set([...Object.keys(ours.tasks), ...Object.keys(theirs.tasks)])];
  const breaking = uniqueBy([...(ours.breaking ?? []), ...(theirs.breaking ?? [])], (entry) => JSON.stringify(entry));
  return composeContract(
    names.map((name) => mergeTask(name, ours, theirs)),
    { breaking: breaking.toSorted(latestFirst), codec: ours.codec },
  );
}

function mergeTask(name: string, ours: ContractFile, theirs: ContractFile): TaskDraft {
  const sides = [ours, theirs].flatMap((file) => {
    const task = taskIn(file, name);
    return task === undefined ? [] : [{ file, task }];
  });
  const [first] = sides as [{ file: ContractFile; task: ContractTask }];
  const others = sides.slice(1).map(({ file, task }) => versionOf(file, task));
  const past = sides.flatMap(({ file }) => historyOf(file, name)).toSorted(latestReplaced);
  return {
    name,
    source: first.task.source,
    options: first.task.options,
    types: versionOf(first.file, first.task).types,
    history: uniqueBy([...others, ...past], ({ contract }) => contract),
  };
}

const latestFirst = (a: AcceptedBreak, b: AcceptedBreak): number =>
  a.accepted < b.accepted ? 1 : a.accepted > b.accepted ? -1 : 0;

const latestReplaced = ({ replaced: a = "" }: ContractVersion, { replaced: b = "" }: ContractVersion): number =>
  a < b ? 1 : a > b ? -1 : 0;

function uniqueBy<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  const unique = new Map<string, T>();
  for (const item of items) if (!unique.has(keyOf(item))) unique.set(keyOf(item), item);
  return [...unique.values()];
}
