import type { TaskFunction, taskDefinition } from "../define/task.js";
import type { CallOptions, TaskOptions } from "../define/task-options.js";
import type { Extras } from "./async-result.js";
import type { TravellingResult } from "./not-serializable.js";
import type { StreamCall, StreamCalls, StreamCallsWith, StreamCallWith } from "./stream-call.js";
import type { CallArguments } from "./stub.js";

/** How a task that yields items `Y` and returns `R` is called from anywhere. */
export interface StreamStub<A extends readonly unknown[], Y, R> {
  /** The name on the wire. */
  readonly taskName: string;
  /** Calls the task with these arguments. */
  readonly delay: (...args: A) => StreamCall<Y, R>;
  /** Calls it with an array of arguments and options of this call. */
  readonly applyAsync: (args: A, options?: CallOptions) => StreamCall<Y, R>;
  /** The same stub with options for all its calls. */
  readonly with: (options: CallOptions) => StreamStub<A, Y, R>;
  /** One call for each list of arguments, sent together. */
  readonly delayMany: (argsList: Iterable<A>) => StreamCalls<Y, R>;
}

/** A `StreamStub` of a task that declares extras. */
export interface StreamStubWith<A extends readonly unknown[], Y, R, X extends Extras> {
  /** The name on the wire. */
  readonly taskName: string;
  /** Calls the task with these arguments. */
  readonly delay: (...args: A) => StreamCallWith<Y, R, X>;
  /** Calls it with an array of arguments and options of this call. */
  readonly applyAsync: (args: A, options?: CallOptions) => StreamCallWith<Y, R, X>;
  /** The same stub with options for all its calls. */
  readonly with: (options: CallOptions) => StreamStubWith<A, Y, R, X>;
  /** One call for each list of arguments, sent together. */
  readonly delayMany: (argsList: Iterable<A>) => StreamCallsWith<Y, R, X>;
}

/** What a function yields. `ItemOf<() => AsyncGenerator<string, number>>` is `string`. */
type ItemOf<F extends TaskFunction> = F extends (...args: never[]) => AsyncIterable<infer Y>
  ? TravellingResult<Y, "an item">
  : never;

/**
 * What it returns in the end. `ReturnOf<() => AsyncGenerator<string, number>>` is `number`.
 * n.b. `AsyncGenerator<string>` says `any`, and means nothing.
 */
type ReturnOf<F extends TaskFunction> = F extends (...args: never[]) => AsyncGenerator<unknown, infer R, never>
  ? 0 extends R & 1
    ? void
    : TravellingResult<Awaited<R>>
  : void;

/** n.b. see `StubFor`: types that are inferred are left to arguments of an interface. */
type StreamStubFor<F extends TaskFunction, O extends TaskOptions> = O extends {
  readonly throws: infer T extends NonNullable<Extras["throws"]>;
}
  ? StreamStubWith<CallArguments<F, O>, ItemOf<F>, ReturnOf<F>, { readonly throws: T }>
  : StreamStub<CallArguments<F, O>, ItemOf<F>, ReturnOf<F>>;

/** The stub of a task that is an async generator. `StreamStubOf<typeof rows>` is `StreamStub<[query: string], Row, void>`. */
export type StreamStubOf<T> = T extends {
  readonly [taskDefinition]: {
    readonly fn: infer F extends TaskFunction;
    readonly options: infer O extends TaskOptions;
  };
}
  ? StreamStubFor<F, O>
  : never;

/**
 * The stubs of a module's exports `K` that are async generators.
 * n.b. the generator tells them from others by their syntax: a stub's type must not depend on its function's result.
 */
export type StreamStubs<M, K extends keyof M> = { readonly [P in K]: StreamStubOf<M[P]> };
