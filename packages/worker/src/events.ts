import type { RemoteError } from "@taskgen/core";
import { Emitter } from "@taskgen/core/internal";
import type { LogFields, LogLevel } from "./pool/pool.js";

/** The task of an event. */
export interface TaskEvent {
  readonly id: string;
  readonly task: string;
}

/** What a worker tells those who listen; nothing is made for an event without a listener. */
export interface WorkerEvents {
  /** `args` are the encoded arguments; encrypted ones cannot be decoded here. */
  readonly "task-received": TaskEvent & { readonly args: Uint8Array; readonly isEncrypted: boolean };
  /** Only for tasks with `trackStarted`. */
  readonly "task-started": TaskEvent;
  /** `result` is the encoded value, sealed where the app has keys. */
  readonly "task-succeeded": TaskEvent & { readonly runtimeMs: number; readonly result: Uint8Array };
  /** `expected`: the task declares the error with `throws`. */
  readonly "task-failed": TaskEvent & {
    readonly runtimeMs: number;
    readonly error: RemoteError;
    readonly expected: boolean;
  };
  readonly "task-retried": TaskEvent & { readonly delayMs: number; readonly error: RemoteError };
  readonly "task-rejected": TaskEvent & { readonly error: RemoteError };
  /** `terminated`: of a task that ran, whether it was ended by force. */
  readonly "task-revoked": TaskEvent & { readonly error: RemoteError; readonly terminated?: boolean | undefined };
  readonly "task-ignored": TaskEvent;
  /** Put back for later: this worker does not know the task or the message's version, or several workers died with it. */
  readonly "task-parked": TaskEvent & { readonly delayMs: number; readonly reason: string };
  /** The delivery was lost while it ran: its outcome was dropped. */
  readonly "task-lost": TaskEvent;
  /** A line of `currentTask().log`; its fields are plain data. */
  readonly "task-log": TaskEvent & {
    readonly level: LogLevel;
    readonly message: string;
    readonly fields?: LogFields | undefined;
  };
  readonly warning: { readonly error: Error };
  /** The worker cannot go on and stops. */
  readonly fatal: { readonly error: Error };
}

/** A worker's listeners. What one throws is told as a warning, and never stops the worker in the middle of a batch. */
export const createEmitter = (): Emitter<WorkerEvents> => {
  const emitter = new Emitter<WorkerEvents>((event, cause) => {
    const error = new Error(`a listener of ${event} threw: ${String(cause)}`, { cause });
    if (event !== "warning" && emitter.hears("warning")) return emitter.emit("warning", () => ({ error }));
    queueMicrotask(() => {
      throw error;
    });
  });
  return emitter;
};
