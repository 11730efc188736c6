import type { TaskTypes } from "../contract/type-model.js";
import type { TaskModel } from "../model.js";
import { stubText, type EmitOptions } from "./client.js";
import { registryText } from "./registry.js";
import { refsOf } from "./type-parts.js";
import { validatorText } from "./validators.js";

/** A task whose types were read again. */
export interface RereadTask {
  readonly task: TaskModel;
  readonly before: TaskTypes;
  readonly now: TaskTypes;
}

/** What texts were made with, and what they are to be made with; alike but for the contracts of tasks that were read again. */
export interface EmitChange {
  readonly before: EmitOptions;
  readonly now: EmitOptions;
}

/** The generated texts of a project; without validators where it has none. */
export interface EmittedTexts {
  readonly client: string;
  readonly registry: string;
  readonly validators?: string;
}

/**
 * The generated texts of many tasks after the types of a few have changed: what stands there of these is replaced, which gives
 * what it would give to write all of them anew, in a fraction of the time. `undefined` where more may have to change.
 * @param texts as they were made before
 */
export function replaceTexts(
  texts: EmittedTexts,
  tasks: readonly RereadTask[],
  { before, now }: EmitChange,
): EmittedTexts | undefined {
  let { client, registry, validators }: Partial<EmittedTexts> = texts;
  for (const { task, ...types } of tasks) {
    client = replaceOnly(client, stubText(task, before), stubText(task, now));
    registry = replaceOnly(registry, registryText(task, before), registryText(task, now));
    validators = replaceValidator(validators, task.name, types);
  }
  const isWhole = validators !== undefined || texts.validators === undefined;
  if (client === undefined || registry === undefined || !isWhole) return undefined;
  return { client, registry, ...(validators !== undefined && { validators }) };
}

function replaceValidator(text: string | undefined, name: string, change: Change): string | undefined {
  if (text === undefined || takesTheSame(change.before, change.now)) return text;
  return isWithin(change)
    ? replaceOnly(text, validatorText(name, change.before), validatorText(name, change.now))
    : undefined;
}

/** A text in which a part that stands there exactly once is another; `undefined` where it does not. */
function replaceOnly(text: string | undefined, part: string, by: string): string | undefined {
  const at = text?.indexOf(part) ?? -1;
  if (text === undefined || at === -1 || text.includes(part, at + 1)) return undefined;
  return text.slice(0, at) + by + text.slice(at + part.length);
}

type Change = Pick<RereadTask, "before" | "now">;

const isEqual = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** Whether two tasks take the same, whatever they return. */
export const takesTheSame = (a: TaskTypes, b: TaskTypes): boolean =>
  isEqual(a.args, b.args) && isEqual(a.types, b.types);

/**
 * Whether definitions of types stay what they are, and have the same names. n.b. these are given in the order in which
 * definitions are asked for, where not every name can be kept
 */
function isWithin({ before, now }: Change): boolean {
  const refs = refsOf(now.args);
  return (
    isEqual(before.types, now.types) &&
    isEqual(refsOf(before.args), refs) &&
    refs.every((name) => /^[\w$]+$/.test(name))
  );
}
