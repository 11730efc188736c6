import type { MessagePort } from "node:worker_threads";
import type { AbortCode, RemoteError } from "@taskgen/core";
import type { Packed } from "@taskgen/core/internal";
import type { Verdict } from "../verdict.js";
import type { LogLine, PlainTaskOptions } from "./pool.js";

/** What a thread is born with. */
export interface ThreadData {
  readonly registryUrl: string;
  /** How many jobs it runs at once. */
  readonly capacity: number;
  /** Load every task module before saying `ready`, and tell their options. */
  readonly loadAll: boolean;
  /** A `Board`. */
  readonly board: SharedArrayBuffer;
  /** The way of app calls through the main thread. */
  readonly link: MessagePort;
}

/** What a thread must know of a job besides its arguments; a tuple, because names of fields would be cloned with each. */
export type JobHead = readonly [
  id: string,
  task: string,
  retries: number,
  redeliveries: number,
  rootId: string,
  parentId: string | undefined,
  headers: Readonly<Record<string, string>>,
  expires: number | undefined,
  softTimeLimitMs: number | undefined,
  trackStarted: boolean,
  contract: string | undefined,
  timeLimitMs: number | undefined,
  /** None are not sent. */
  ancestors: readonly string[] | undefined,
];

/** Jobs on their way to a thread; the key of the job at `index` is `firstKey + index`. */
export interface JobBatch {
  readonly kind: "jobs";
  readonly firstKey: number;
  readonly heads: readonly JobHead[];
  readonly args: Packed;
  /** `Slots`, one for each head. */
  readonly slots: SharedArrayBuffer;
  /** The main thread's monotonic milliseconds when the batch was made. */
  readonly epoch: number;
}

export type ToThread =
  | JobBatch
  | { readonly kind: "abort"; readonly key: number; readonly code: AbortCode; readonly message: string }
  /** To be answered on the board. */
  | { readonly kind: "ping"; readonly ping: number };

/** What happened in a thread since its last report. */
export interface Report {
  readonly kind: "report";
  readonly started: readonly number[];
  readonly logs: readonly (readonly [key: number, line: LogLine])[];
  readonly joins: readonly (readonly [key: number, waiting: boolean])[];
  /** Successes: keys and run times, with the encoded values packed. */
  readonly keys: readonly number[];
  readonly runtimesMs: readonly number[];
  readonly bodies: Packed | undefined;
  /** All other ends. */
  readonly others: readonly (readonly [key: number, runtimeMs: number, verdict: Verdict])[];
}

export type FromThread =
  | { readonly kind: "ready"; readonly tasks: Readonly<Record<string, PlainTaskOptions>> | undefined }
  | { readonly kind: "failed"; readonly error: RemoteError }
  | Report;
