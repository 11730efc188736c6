import type { Duration } from "../duration.js";
import type { ArgumentsFor } from "../define/arguments.js";
import type { ComesTo, GivenBy } from "../define/batch.js";
import type { Debounce, Dedupe, Throttle } from "../define/limits.js";
import type { TaskFunction, taskDefinition } from "../define/task.js";
import type { CallOptions, TaskOptions } from "../define/task-options.js";
import type { Validator } from "../define/validator.js";
import { internalsOf, type AnyApp } from "./app.js";
import type { Extras } from "./async-result.js";
import type { Target } from "./call-message.js";
import type { Travelling, TravellingResult } from "./not-serializable.js";
import type { Progress } from "../define/progress.js";
import type { CallsWith, CallWith, TaskCall, TaskCalls } from "./task-call.js";

/** How a task is called from anywhere. */
export interface Stub<A extends readonly unknown[], R> {
  /** The name on the wire. */
  readonly taskName: string;
  /** Calls the task with these arguments. */
  readonly delay: (...args: A) => TaskCall<R>;
  /** Calls it with an array of arguments and options of this call. */
  readonly applyAsync: (args: A, options?: CallOptions) => TaskCall<R>;
  /** The same stub with options for all its calls. */
  readonly with: (options: CallOptions) => Stub<A, R>;
  /** One call for each list of arguments, sent together. */
  readonly delayMany: (argsList: Iterable<A>) => TaskCalls<R>;
}

/** A `Stub` of a task that declares extras. */
export interface StubWith<A extends readonly unknown[], R, X extends Extras> {
  /** The name on the wire. */
  readonly taskName: string;
  /** Calls the task with these arguments. */
  readonly delay: (...args: A) => CallWith<R, X>;
  /** Calls it with an array of arguments and options of this call. */
  readonly applyAsync: (args: A, options?: CallOptions) => CallWith<R, X>;
  /** The same stub with options for all its calls. */
  readonly with: (options: CallOptions) => StubWith<A, R, X>;
  /** One call for each list of arguments, sent together. */
  readonly delayMany: (argsList: Iterable<A>) => CallsWith<R, X>;
}

/**
 * What a call of a function comes to. `ResultOf<(x: number) => Promise<string>, {}>` is `string`.
 * n.b. `ReturnType` gives `any` for a function with a parameter of type `never`.
 */
type ResultOf<F extends TaskFunction, O> = F extends (...args: never[]) => infer R
  ? TravellingResult<ComesTo<Awaited<R>, O>>
  : never;

/**
 * The stub of a function with options. `StubFor<(x: number) => Promise<string>, {}>` is `Stub<[x: number], string>`.
 * n.b. the two types are left to arguments of an interface, where the compiler puts them off: a task whose result is
 * inferred may send tasks that send it.
 */
type StubFor<F extends TaskFunction, O extends TaskOptions> = [ExtrasOf<O>] extends [infer X extends Declared]
  ? StubWith<CallArguments<F, O>, ResultOf<F, O>, X>
  : Stub<CallArguments<F, O>, ResultOf<F, O>>;

/** Extras with at least one of them. */
type Declared = { readonly throws: NonNullable<Extras["throws"]> } | { readonly progress: Progress<never> };

/** What options declare for callers. `ExtrasOf<{ queue: "a"; progress: Progress<1> }>` is `{ readonly progress: Progress<1> }`. */
type ExtrasOf<O> = O extends { readonly throws: infer T extends NonNullable<Extras["throws"]> }
  ? O extends { readonly progress: Progress<infer P> }
    ? { readonly throws: T; readonly progress: Progress<P> }
    : { readonly throws: T }
  : O extends { readonly progress: Progress<infer P> }
    ? { readonly progress: Progress<P> }
    : {};

/** What a call takes. `CallArguments<(x: number) => string, {}>` is `[x: number]`. */
export type CallArguments<F extends TaskFunction, O extends TaskOptions> =
  ArgumentsFor<GivenBy<F, O>, O> extends infer A extends readonly unknown[] ? Travelling<A> : never;

/** The stub of a task. `StubOf<typeof add>` is `Stub<[x: number, y: number], number>`. */
export type StubOf<T> = T extends {
  readonly [taskDefinition]: {
    readonly fn: infer F extends TaskFunction;
    readonly options: infer O extends TaskOptions;
  };
}
  ? StubFor<F, O>
  : never;

/** The stubs of a module's exports `K`. Definition and documentation stay those of the task. */
export type Stubs<M, K extends keyof M> = { readonly [P in K]: StubOf<M[P]> };

/** What the generator knows of a task, as far as a caller needs it: some of its options, and its contract. */
export interface StubOptions {
  /** Hash of the contract, which travels with every call. */
  readonly hash?: string;
  /** Checks the arguments before they are sent. @default none: the worker does it */
  readonly args?: Validator;
  /** What does not fit is told without its value. @default false */
  readonly sensitive?: boolean;
  /** Where the arguments have the key of the task's limit: `"0.userId"`. @default none: the worker looks for it */
  readonly limitKey?: string;
  readonly queue?: string;
  readonly priority?: number;
  readonly expires?: Duration;
  readonly ignoreResult?: boolean;
  readonly timeLimit?: Duration;
  readonly softTimeLimit?: Duration;
  /** Keys of these begin with the index of an argument. */
  readonly dedupe?: Dedupe;
  readonly debounce?: Debounce;
  readonly throttle?: Throttle;
}

/** Makes the stub of one task; its type comes from where it is used. For generated code. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- inferred from the property that it is put into
export function stub<S>(app: AnyApp, name: string, options: StubOptions = {}): S {
  const { hash, args: validator, sensitive, limitKey, dedupe, debounce, throttle, ...callOptions } = options;
  const target = { name, hash, validator, sensitive, limitKey, dedupe, debounce, throttle };
  return createStub(app, target, callOptions) as S;
}

function createStub(app: AnyApp, target: Target, options: CallOptions): Stub<unknown[], unknown> {
  const { publisher } = internalsOf(app);
  return {
    taskName: target.name,
    delay: (...args) => publisher.publish(target, args, options),
    applyAsync: (args, own) => publisher.publish(target, args, own === undefined ? options : { ...options, ...own }),
    with: (own) => createStub(app, target, { ...options, ...own }),
    delayMany: (argsList) => publisher.publishMany(target, argsList, options),
  };
}
