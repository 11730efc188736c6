import type { Order } from "./protocol.js";

/** What a sentinel is born with. */
export interface SentinelData {
  /** The pipe to the main process. */
  readonly fd: number;
  /** The `Board` of the process's runner. */
  readonly board: SharedArrayBuffer;
}

/** What the main process sends a sentinel besides jobs. */
export type ToSentinel =
  | Order
  /** To be answered with a `Status`. */
  | { readonly kind: "status" };

/** How the jobs of a process stand. */
export interface Status {
  /** For how long those that have begun have been running. */
  readonly running: readonly (readonly [key: number, ageMs: number])[];
  /** They will not begin: the process comes to no job. */
  readonly returned: readonly number[];
}

/** What a sentinel posts to the main thread of its process. */
export type Relayed =
  | Order
  /** It sees now when the main process is gone. */
  | { readonly kind: "watching" }
  /** `Jobs` in the payload of a frame. */
  | {
      readonly kind: "batch";
      readonly firstKey: number;
      readonly slots: SharedArrayBuffer;
      readonly epoch: number;
      readonly payload: Uint8Array<ArrayBuffer>;
    };
