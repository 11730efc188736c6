import type { CompatibilityMode } from "../config.js";
import { changeKey, sortChanges, type Change } from "./change.js";
import {
  historyOf,
  taskIn,
  versionOf,
  type ContractFile,
  type ContractTask,
  type ContractVersion,
} from "./contract-file.js";
import { shortHash } from "./hash.js";
import { optionChanges } from "./option-changes.js";
import { ruleOf } from "./rules.js";
import { typeChanges } from "./type-changes.js";

/** How two contracts are compared. */
export interface DiffOptions {
  /** Which directions must go on working. @default "backlog" */
  readonly mode?: CompatibilityMode;
  /** Whether a task translates arguments of the contract with this short hash (`versions`). @default none does */
  readonly upcasts?: (task: string, shortHash: string) => boolean;
}

/**
 * What changed from one contract to another, with how grave it is. A breaking change that was accepted in `after`, and not yet
 * in `before`, is dangerous only, and says why it was accepted.
 */
export function diffContracts(before: ContractFile, after: ContractFile, options: DiffOptions = {}): Change[] {
  const { mode = "backlog" } = options;
  const names = new Set([...Object.keys(before.tasks), ...Object.keys(after.tasks)]);
  const changes = [...names].flatMap((name) => taskChanges(name, { before, after }, options));
  return acceptKnown(sortChanges([...serializerChange(before, after, mode), ...changes]), before, after);
}

interface FilePair {
  readonly before: ContractFile;
  readonly after: ContractFile;
}

function taskChanges(name: string, pair: FilePair, options: DiffOptions): Change[] {
  const [before, after] = [taskIn(pair.before, name), taskIn(pair.after, name)];
  if (before === undefined) return [added(name)];
  if (after === undefined) return [removed(name, before, pair, options.mode)];
  return [
    ...optionChanges(name, { before, after }, options.mode ?? "backlog"),
    ...versionsToRead(name, pair, options.mode).flatMap((version) => {
      const found = versionChanges(name, [version, versionOf(pair.after, after)], options);
      return version.contract === before.contract ? found : found.map((change) => ofVersion(change, version));
    }),
  ];
}

/** What the current contract of a task must get on with; what it is itself is none of it. */
function versionsToRead(name: string, { before, after }: FilePair, mode?: CompatibilityMode): ContractVersion[] {
  const [old, now] = [taskIn(before, name), taskIn(after, name)];
  const past = mode === "full-transitive" ? [...historyOf(before, name), ...historyOf(after, name)] : [];
  const changed = old === undefined || old.contract === now?.contract ? [] : [versionOf(before, old)];
  const unique = new Map<string, ContractVersion>();
  for (const version of [...changed, ...past])
    if (!unique.has(version.contract) && version.contract !== now?.contract) unique.set(version.contract, version);
  return [...unique.values()];
}

function versionChanges(
  task: string,
  [before, after]: [ContractVersion, ContractVersion],
  options: DiffOptions,
): Change[] {
  const isUpcast = options.upcasts?.(task, shortHash(before.contract)) === true;
  const changes = typeChanges({ task, before, after }, options.mode ?? "backlog");
  return changes.map((change) => (isUpcast && change.direction === "args-backward" ? upcast(change) : change));
}

const ofVersion = (change: Change, { contract }: ContractVersion): Change => ({
  ...change,
  version: shortHash(contract),
});

const upcast = (change: Change): Change => ({
  ...change,
  level: "info",
  why: "old arguments are translated by `versions`, and checked after that",
});

const added = (task: string): Change => ({
  rule: "TASK_ADDED",
  level: "info",
  task,
  path: "",
  message: `${task}: the task is new`,
  why: "workers that are not deployed yet park its messages",
});

function removed(
  task: string,
  before: ContractTask,
  { before: old, after: now }: FilePair,
  mode?: CompatibilityMode,
): Change {
  const successor = Object.entries(now.tasks).find(
    ([name, candidate]) => taskIn(old, name) === undefined && isSuccessor([task, before], [name, candidate]),
  );
  const rule = successor === undefined ? "TASK_NO_DELETE" : "TASK_NO_RENAME";
  const { fix } = ruleOf(rule);
  return {
    rule,
    level: mode === "none" ? "info" : "breaking",
    task,
    path: "",
    message: successor ? `${task}: the task is now called "${successor[0]}"` : `${task}: the task is gone`,
    why: "new workers park messages of the old name and reject them after ten minutes",
    ...(fix !== undefined && { fix }),
    before: task,
    ...(successor && { after: successor[0] }),
  };
}

/** The same declaration under another name, or the same export with the same types elsewhere. */
function isSuccessor([name, task]: [string, ContractTask], [other, candidate]: [string, ContractTask]): boolean {
  if (task.source === candidate.source) return true;
  return task.contract === candidate.contract && lastPart(name) === lastPart(other);
}

const lastPart = (name: string): string => name.slice(name.lastIndexOf(".") + 1);

function serializerChange(before: ContractFile, after: ContractFile, mode: CompatibilityMode): Change[] {
  if (before.codec === after.codec) return [];
  const rule = "SERIALIZER_CHANGED";
  return [
    {
      rule,
      level: mode === "none" ? "info" : "breaking",
      task: "",
      path: "",
      message: `values were written as ${before.codec} and are written as ${after.codec}`,
      why: "neither side can read what the other one writes",
      fix: ruleOf(rule).fix ?? "",
      before: before.codec,
      after: after.codec,
    },
  ];
}

function acceptKnown(changes: readonly Change[], before: ContractFile, after: ContractFile): Change[] {
  const known = new Set((before.breaking ?? []).map((entry) => JSON.stringify(entry)));
  const recent = (after.breaking ?? []).filter((entry) => !known.has(JSON.stringify(entry)));
  return changes.map((change) => {
    const entry = recent.find((candidate) => candidate.changes.includes(changeKey(change)));
    if (change.level !== "breaking" || entry === undefined) return change;
    return { ...change, level: "dangerous", accepted: entry.reason };
  });
}
