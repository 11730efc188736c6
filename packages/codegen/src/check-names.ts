import { placeOf, type Diagnostic, type RelatedPlace } from "./diagnostics.js";
import { groupBy } from "./group-by.js";
import type { TaskModel } from "./model.js";
import { isReservedName } from "./naming.js";

/** The text of a file, for code frames. */
type TextOf = (file: string) => string;

/** Whether every task can have its name, in the client and on the wire. */
export function checkNames(tasks: readonly TaskModel[], textOf: TextOf): Diagnostic[] {
  return [
    ...tasks.flatMap((task) => reserved(task, textOf)),
    ...pathClashes(tasks, textOf),
    ...wireClashes(tasks, textOf),
  ];
}

function reserved(task: TaskModel, textOf: TextOf): Diagnostic[] {
  const name = task.path.find(isReservedName);
  if (name !== undefined) return [diagnose("TG1011", task, textOf, reservedWords(name, name === task.path.at(-1)))];
  return isBadWireName(task.name) ? [diagnose("TG1011", task, textOf, wireWords(task.name))] : [];
}

const reservedWords = (name: string, isTask: boolean): Words => ({
  message: `a ${isTask ? "task" : "folder"} cannot be called "${name}"`,
  why: "JavaScript gives a property of this name a meaning of its own",
  fix: `rename the ${isTask ? "task" : "folder"}`,
});

const wireWords = (name: string): Words => ({
  message: `${JSON.stringify(name)} cannot be the name of a task`,
  why: "names stand in logs, in queues and on command lines",
  fix: "write a name such as billing.charge: not empty, without spaces",
});

/** Empty, with spaces or control characters, or the one key that an object literal cannot hold. */
const isBadWireName = (name: string): boolean => !/^[^\s\p{Cc}]+$/u.test(name) || name === "__proto__";

/** Two tasks at one place of the client, or a task where others have a folder. */
function pathClashes(tasks: readonly TaskModel[], textOf: TextOf): Diagnostic[] {
  const byPath = groupBy(tasks, ({ path }) => JSON.stringify(path));
  const folders = foldersOf(tasks);
  return [...byPath].flatMap(([path, group]) => {
    const inside = folders.get(path);
    const [first] = group as [TaskModel];
    return [...sameName(group, dotted(first.path), textOf), ...(inside ? [taskAndFolder(first, inside, textOf)] : [])];
  });
}

/** The first task within each folder. */
function foldersOf(tasks: readonly TaskModel[]): ReadonlyMap<string, TaskModel> {
  const found = new Map<string, TaskModel>();
  for (const task of tasks) {
    for (let depth = 1; depth < task.path.length; depth++) {
      const folder = JSON.stringify(task.path.slice(0, depth));
      if (!found.has(folder)) found.set(folder, task);
    }
  }
  return found;
}

/** Tasks that clash on the wire without clashing in the client. */
function wireClashes(tasks: readonly TaskModel[], textOf: TextOf): Diagnostic[] {
  return [...groupBy(tasks, ({ name }) => name)].flatMap(([name, group]) => {
    if (group.length === 1) return [];
    const differ = [...groupBy(group, ({ path }) => JSON.stringify(path)).values()].map(
      ([first]) => first as TaskModel,
    );
    return sameName(differ, name, textOf);
  });
}

/** Reported at the last one, with the places of the others. */
function sameName(group: readonly TaskModel[], name: string, textOf: TextOf): Diagnostic[] {
  const last = group.at(-1);
  if (last === undefined || group.length < 2) return [];
  return [
    diagnose("TG1003", last, textOf, {
      message: `${group.length} tasks are called "${name}"`,
      why: "a worker could not tell which one a message is for",
      fix: "rename one, move it to another folder, or give it a name of its own with the option name",
      related: group.slice(0, -1).map((task) => related(task, textOf, "the other one")),
    }),
  ];
}

const taskAndFolder = (task: TaskModel, inside: TaskModel, textOf: TextOf): Diagnostic =>
  diagnose("TG1003", task, textOf, {
    message: `the task "${dotted(task.path)}" is called like the folder of "${dotted(inside.path)}"`,
    why: `tasks.${dotted(task.path)} cannot be both a task and a group of tasks`,
    fix: "rename the task or the folder",
    related: [related(inside, textOf, "a task in the folder")],
  });

const dotted = (path: readonly string[]): string => path.join(".");

const related = (task: TaskModel, textOf: TextOf, message: string): RelatedPlace => ({
  message,
  at: placeOf(task.file, textOf(task.file), task.span),
});

type Words = Pick<Diagnostic, "message" | "why" | "fix" | "related">;

const diagnose = (code: "TG1003" | "TG1011", task: TaskModel, textOf: TextOf, words: Words): Diagnostic => ({
  code,
  severity: "error",
  ...words,
  file: task.file,
  at: placeOf(task.file, textOf(task.file), task.span),
});
