import type { Duration } from "../duration.js";
import type { TaskFunction } from "./task.js";
import type { TaskOptions } from "./task-options.js";

/** How single calls are collected into one run. */
export interface BatchOptions {
  /** A run begins at the latest when there are so many; 1 to 10,000. @default 100 */
  readonly maxSize?: number;
  /** A run begins at the latest so long after the first of its calls came to the worker; at most 10 minutes. @default "50ms" */
  readonly maxWait?: Duration;
}

/** Settings of a batch task. */
export interface BatchTaskOptions extends TaskOptions, BatchOptions {}

/** A function of many items: it gives a result for each, in their order; an `Error` fails the call of its item alone. */
export type BatchFunction = (items: never[]) => unknown;

/** What the options of a batch task have besides. */
export interface OfBatch {
  readonly batch: BatchOptions;
}

/** What a call gives to the function. `GivenBy<(items: string[]) => number[], { batch: {} }>` is `[item: string]`. */
export type GivenBy<F extends TaskFunction, O> = O extends OfBatch
  ? F extends (items: infer L) => unknown
    ? L extends readonly (infer T)[]
      ? [item: T]
      : never
    : never
  : Parameters<F>;

/** What a call comes to. `ComesTo<(number | RangeError)[], { batch: {} }>` is `number`. */
export type ComesTo<V, O> = O extends OfBatch ? (V extends readonly (infer E)[] ? WithoutErrors<E> : never) : V;

/** n.b. data with a name and a message is no error: it has no stack. `WithoutErrors<1 | RangeError>` is `1`. */
type WithoutErrors<E> = E extends Error ? ("stack" extends keyof E ? never : E) : E;
