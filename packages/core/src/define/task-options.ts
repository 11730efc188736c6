import type { Duration } from "../duration.js";
import type { SendOptions } from "./retry-policy.js";
import type { ArgumentsSchema, Upcaster } from "./arguments.js";
import type { Debounce, Dedupe, KeyedLimit, Rate, Throttle } from "./limits.js";
import type { TaskHooks } from "./task-hooks.js";
import type { BatchOptions } from "./batch.js";
import type { Progress } from "./progress.js";

/** A class of errors that a task declares: its instances have a literal `code`, by which callers tell them apart. */
export type ErrorClass = abstract new (...args: never[]) => Error;

/** Which errors: a class, or a function that decides. */
export type ErrorMatcher = ErrorClass | ((error: unknown) => boolean);

/** Settings of a task; Celery's terms in camelCase. Those of a call win over those of the task, these over the app's. */
export interface TaskOptions extends TaskHooks {
  /** The name on the wire. @default the folders below `src` and the export's name, such as `billing.charge` */
  readonly name?: string;
  /** The queue its calls are sent to. @default that of the app's routes, otherwise the app's queue */
  readonly queue?: string;
  /** 0 to 9, 9 first. @default that of the app's routes, of the queue's settings, otherwise 4 */
  readonly priority?: number;
  /** How often it may be retried; `null` is without limit. @default 3 */
  readonly maxRetries?: number | null;
  /** The wait before a retry that names none and has no back-off. @default "3m" */
  readonly defaultRetryDelay?: Duration;
  /** Errors after which it is retried without being asked. @default none */
  readonly autoretryFor?: readonly ErrorMatcher[];
  /** Errors that are not retried although `autoretryFor` names them. @default none */
  readonly dontAutoretryFor?: readonly ErrorMatcher[];
  /** Exponential back-off of automatic retries; `true` starts at one second. @default false */
  readonly retryBackoff?: boolean | Duration;
  /** The longest back-off. @default "10m" */
  readonly retryBackoffMax?: Duration;
  /** Draws the back-off uniformly between zero and its value. @default true */
  readonly retryJitter?: boolean;
  /** After this the task is stopped, whatever it does: FAILURE, code `TIME_LIMIT_EXCEEDED`. @default none */
  readonly timeLimit?: Duration;
  /**
   * After this `currentTask().signal` aborts and `checkpoint()` throws, with a `SoftTimeLimitExceeded`; not longer than
   * `timeLimit`. @default none
   */
  readonly softTimeLimit?: Duration;
  /** Not started later than this after the call: REVOKED. @default none */
  readonly expires?: Duration;
  /** `late`: acknowledged after it ran, so at least once. `early`: before it runs, so at most once. @default "late" */
  readonly ack?: "late" | "early";
  /** Stores no result; `.get()` rejects at once with `RESULT_IGNORED`. @default false */
  readonly ignoreResult?: boolean;
  /** Stores the state STARTED when it begins. @default false */
  readonly trackStarted?: boolean;
  /** Errors that are part of its contract: typed in `settled()`, logged without a stack. @default none */
  readonly throws?: readonly ErrorClass[];
  /**
   * Of an async generator: how long it waits for a reader that does not read on, while as much as may be stored is stored; then
   * it fails, code `STREAM_STALLED`. @default "5m"
   */
  readonly streamTimeout?: Duration;
  /** The channel over which it tells how far it has come: `progress<{ done: number }>()`. @default none */
  readonly progress?: Progress<never>;
  /** Collects single calls into one run; what `task.batch` sets. @default each call runs by itself */
  readonly batch?: BatchOptions;
  /** Runs it in a thread of its own, which is stopped at once when it must be. @default false */
  readonly isolate?: boolean;
  /**
   * How often it may start, over all workers and evenly spaced: `"100/m"` is one each 600 ms. Calls that must wait do so in the
   * result backend, and hold up no other task. @default no limit
   */
  readonly rateLimit?: Rate;
  /** How many calls of one key may run at once and start within a time, over all workers. @default no limit */
  readonly limit?: KeyedLimit;
  /** Calls of one key that come within a time of the first are not sent. @default none */
  readonly dedupe?: Dedupe;
  /** Of calls of one key that follow each other closely only the last one runs. @default none */
  readonly debounce?: Debounce;
  /** Calls of one key run at most this often; those in between are not sent. @default none */
  readonly throttle?: Throttle;
  /**
   * Checks the arguments in the worker, before the task runs, and may replace them: any Standard Schema of the whole list,
   * or a list with one schema for each parameter. What it gives must fit the function; what it takes is what callers give.
   * @default a validator of the parameters' types, when the project has a contract
   */
  readonly args?: ArgumentsSchema;
  /**
   * How arguments of earlier contracts become those of today, by the hashes of those contracts: 16 hexadecimal digits, as
   * tasks.contract.json and CONTRACT_MISMATCH show them. What an upcaster gives is checked like any arguments.
   * @default none
   */
  readonly versions?: Readonly<Record<string, Upcaster>>;
  /**
   * Parts of the arguments and of the result that no log line and no error report shows: `"0.token"` is the token of the first
   * argument, `"1.cards.*.number"` the number of every card of the second, `"result.iban"` a part of the result.
   * They travel and are stored as they are. @default none
   */
  readonly sensitive?: readonly string[];
}

/** n.b. apart, since it is all that a client's first load needs of the defaults. */
export const DEFAULT_PRIORITY = 4;

/** A task's options with every default filled in. */
export const TASK_DEFAULTS = {
  priority: DEFAULT_PRIORITY,
  maxRetries: 3,
  defaultRetryDelay: "3m",
  autoretryFor: [],
  dontAutoretryFor: [],
  retryBackoff: false,
  retryBackoffMax: "10m",
  retryJitter: true,
  ack: "late",
  ignoreResult: false,
  trackStarted: false,
  throws: [],
  isolate: false,
  streamTimeout: "5m",
} as const satisfies TaskOptions;

/** Settings of one call. */
export interface CallOptions extends SendOptions {
  /** Sending the same id again is safe. @default a new UUID version 7 */
  readonly taskId?: string;
  readonly queue?: string;
  /** 0 to 9, 9 first. */
  readonly priority?: number;
  /** Not before this long from now. Excludes `eta`. */
  readonly countdown?: Duration;
  /** Not before this time. Excludes `countdown`. */
  readonly eta?: Date;
  /** Not started after this time, or this long from now: REVOKED. */
  readonly expires?: Duration | Date;
  readonly ignoreResult?: boolean;
  readonly timeLimit?: Duration;
  readonly softTimeLimit?: Duration;
  /** Another call of the task with the same key is not sent, and has the result of the first. @default none */
  readonly idempotencyKey?: string;
  /** How long the key is remembered. @default "24h" */
  readonly idempotencyTtl?: Duration;
  /** The caller's own, readable in the task as `currentTask().headers`, and inherited by the tasks that it calls. */
  readonly headers?: Readonly<Record<string, string>>;
}
