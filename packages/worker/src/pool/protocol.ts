import type { MessagePort } from "node:worker_threads";
import type { AbortCode, RemoteError } from "@taskgen/core";
import type { MessageSeal, Packed, Sealing } from "@taskgen/core/internal";
import type { Verdict } from "../verdict.js";
import type { LogLine, PlainTaskOptions } from "./pool.js";

/** What a child of a pool, thread or process, is born with. */
export interface ChildData {
  readonly registryUrl: string;
  readonly sealing: Sealing | undefined;
  /** How many jobs it runs at once. */
  readonly capacity: number;
  /** Load every task module before saying `ready`, and tell their options. */
  readonly loadAll: boolean;
  readonly limits: ChildLimits;
}

/** After what a child has done its part. */
export interface ChildLimits {
  /** It begins no more jobs than this. */
  readonly maxTasks: number | undefined;
  /** It begins no more jobs once it uses more bytes than this. */
  readonly maxMemory: number | undefined;
}

/** What only a thread needs besides. */
export interface ThreadData extends ChildData {
  /** A `Board`. */
  readonly board: SharedArrayBuffer;
  /** The way of app calls through the main thread. */
  readonly link: MessagePort;
}

/** What a child must know of a job besides its arguments; a tuple, because names of fields would be cloned with each. */
export type JobHead = readonly [
  id: string,
  task: string,
  retries: number,
  redeliveries: number,
  /** Not sent where it is the id. */
  rootId: string | undefined,
  parentId: string | undefined,
  /** None are not sent. */
  headers: Readonly<Record<string, string>> | undefined,
  expires: number | undefined,
  softTimeLimitMs: number | undefined,
  trackStarted: boolean,
  contract: string | undefined,
  timeLimitMs: number | undefined,
  /** None are not sent. */
  ancestors: readonly string[] | undefined,
  startBy: number | undefined,
  /** `true`, or not sent. */
  storesNothing: true | undefined,
  seal: MessageSeal | undefined,
];

/** The jobs of a batch. */
export interface Jobs {
  readonly heads: readonly JobHead[];
  readonly args: Packed;
}

/** Jobs on their way to a child; the key of the job at `index` is `firstKey + index`. */
export interface JobBatch extends Jobs {
  readonly kind: "jobs";
  readonly firstKey: number;
  /** `Slots`, one for each head. */
  readonly slots: SharedArrayBuffer;
  /** The sender's monotonic milliseconds when the batch was made. */
  readonly epoch: number;
}

/** An order to a child besides jobs. */
export type Order =
  | { readonly kind: "abort"; readonly key: number; readonly code: AbortCode; readonly message: string }
  /** To be answered: on the board by a thread, with `pong` by a process. */
  | { readonly kind: "ping"; readonly ping: number }
  /** It gets no more jobs: tear down, and say `torn-down`. */
  | { readonly kind: "tear-down" };

export type ToChild = JobBatch | Order;

/** Why a child begins no more jobs; `bytes` is the memory it uses. */
export type Spent = { readonly limit: "tasks" } | { readonly limit: "memory"; readonly bytes: number };

/** What happened in a child since its last report. */
export interface Report {
  readonly kind: "report";
  readonly started: readonly number[];
  readonly logs: readonly (readonly [key: number, line: LogLine])[];
  /** What running jobs report of themselves, encoded; absent where none did. */
  readonly progress: readonly (readonly [key: number, state: string, value: string])[] | undefined;
  readonly joins: readonly (readonly [key: number, waiting: boolean])[];
  /** Successes: keys and run times, with the encoded values packed. */
  readonly keys: readonly number[];
  readonly runtimesMs: readonly number[];
  readonly bodies: Packed | undefined;
  /** All other ends. */
  readonly others: readonly (readonly [key: number, runtimeMs: number, verdict: Verdict])[];
  /** Jobs that it will not begin. */
  readonly returned: readonly number[];
  readonly spent: Spent | undefined;
}

export type FromChild =
  | {
      readonly kind: "ready";
      readonly tasks: Readonly<Record<string, PlainTaskOptions>> | undefined;
      /** Has something to tear down. */
      readonly tearsDown: boolean;
    }
  | { readonly kind: "failed"; readonly error: RemoteError }
  | { readonly kind: "torn-down"; readonly errors: readonly RemoteError[] }
  | Report;

/** What a pool process says besides. */
export type FromProcess =
  | FromChild
  | { readonly kind: "pong"; readonly ping: number }
  /** It dies of this. */
  | { readonly kind: "dying"; readonly error: RemoteError }
  /** An app call's way to the main process, and the answer's back. */
  | LinkMessage;

export interface LinkMessage {
  readonly kind: "link";
  readonly message: unknown;
}
