import { ConfigError } from "../errors.js";
import type { FunctionFor } from "./arguments.js";
import type { BatchFunction, BatchOptions, BatchTaskOptions, OfBatch } from "./batch.js";
import type { TaskOptions } from "./task-options.js";

/**
 * Any function. `never[]`, not `any[]`: with `any[]` a parameter without annotation but with a default is typed `any`.
 */
export type TaskFunction = (...args: never[]) => unknown;

/** What a task is made of. */
export interface TaskDefinition<F extends TaskFunction = TaskFunction, O extends TaskOptions = TaskOptions> {
  readonly fn: F;
  readonly options: O;
}

/** Marks a task; the value under it is its definition. */
export const taskDefinition: unique symbol = Symbol.for("taskgen.task");

/** A task is its function, callable in place, with its definition. */
export type Task<F extends TaskFunction = TaskFunction, O extends TaskOptions = {}> = F & {
  readonly [taskDefinition]: TaskDefinition<F, O>;
};

/** `O` over `B`, as an object spread does it. `Override<{ a: 1; b: 2 }, { b: 3 }>` is `{ a: 1; b: 3 }`. */
export type Override<B, O> = Omit<B, keyof O> & O;

/** Refuses misspelt options. `NoOthers<{ queue: "a"; prio: 1 }>` is `{ readonly prio: never }`. */
type NoOthers<O, T = TaskOptions> = { readonly [K in Exclude<keyof O, keyof T>]: never } & {
  // n.b. over fixed keys: over those of O the functions of `versions` would lose the types of their parameters
  readonly [K in KeyOption]?: K extends keyof O ? NoOtherParts<O[K], NonNullable<TaskOptions[K]>> : unknown;
};

/** Options that are objects of options. */
type KeyOption = "limit" | "dedupe" | "debounce" | "throttle";

/** The same within one of them. `NoOtherParts<{ ttl: "1h"; mod: 1 }, Dedupe>` is `{ readonly mod: never }`. */
type NoOtherParts<O, Known> = { readonly [K in Exclude<keyof O, keyof Known>]: never };

/** Makes tasks that share the options `B`. */
export interface TaskFactory<B extends TaskOptions> {
  /** A task with the shared options. */
  <F extends FunctionFor<B>>(fn: F): Task<F, B>;
  /** A task with options of its own, which win over the shared ones. */
  <F extends FunctionFor<Override<B, O>>, const O extends TaskOptions>(
    options: O & NoOthers<O>,
    fn: F,
  ): Task<F, Override<B, O>>;
  /** Another `task` whose tasks share these options too: Celery's base task. */
  with<const O extends TaskOptions>(options: O & NoOthers<O>): TaskFactory<Override<B, O>>;
  /**
   * A task that is called with one item and runs with many: its function gets the items of all calls that were collected, and
   * gives as many results.
   *
   * @example
   * ```ts
   * export const embed = task.batch({ maxSize: 64 }, (texts: readonly string[]) => model.embed(texts));
   * // await tasks.embed.delay("a text").get()
   * ```
   */
  readonly batch: BatchFactory<B>;
}

/** Makes batch tasks that share the options `B`. */
export interface BatchFactory<B extends TaskOptions> {
  <F extends BatchFunction>(fn: F): Task<F, B & OfBatch>;
  <F extends BatchFunction, const O extends BatchTaskOptions>(
    options: O & NoOthers<O, BatchTaskOptions>,
    fn: F,
  ): Task<F, Override<B, O> & OfBatch>;
}

function define(options: TaskOptions, fn: TaskFunction): Task {
  if (typeof fn !== "function") {
    throw new ConfigError("OPTION_INVALID", `task() takes a function, last; it was given ${typeof fn}`);
  }
  const call = (...args: never[]): unknown => fn(...args);
  return Object.assign(call, { [taskDefinition]: { fn, options } }) as Task;
}

function defineBatch(base: TaskOptions, { maxSize, maxWait, ...own }: BatchTaskOptions, fn: TaskFunction): Task {
  const batch: BatchOptions = { ...(maxSize !== undefined && { maxSize }), ...(maxWait !== undefined && { maxWait }) };
  return define({ ...base, ...own, batch }, fn);
}

function createFactory<B extends TaskOptions>(base: B): TaskFactory<B> {
  const factory = (...given: [TaskFunction] | [TaskOptions, TaskFunction]): Task =>
    given.length === 1 ? define(base, given[0]) : define({ ...base, ...given[0] }, given[1]);
  return Object.assign(factory, {
    with: (options: TaskOptions) => createFactory({ ...base, ...options }),
    batch: (...given: [TaskFunction] | [BatchTaskOptions, TaskFunction]): Task =>
      given.length === 1 ? defineBatch(base, {}, given[0]) : defineBatch(base, given[0], given[1]),
  }) as TaskFactory<B>;
}

/**
 * Declares a task. Its parameters and its result are the contract of every call.
 *
 * @example
 * ```ts
 * export const add = task((x: number, y: number) => x + y);
 * export const charge = task({ queue: "billing", maxRetries: 5 }, async (order: string) => { … });
 * ```
 */
export const task: TaskFactory<{}> = createFactory({});

/** The definition of a task, or `undefined` for anything else. */
export function definitionOf(value: unknown): TaskDefinition | undefined {
  return typeof value === "function" && taskDefinition in value
    ? (value as { readonly [taskDefinition]: TaskDefinition })[taskDefinition]
    : undefined;
}
