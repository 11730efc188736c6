import type { RemoteError } from "@taskgen/core";
import type { LogLevel } from "./pool/pool.js";

/** The task of an event. */
export interface TaskEvent {
  readonly id: string;
  readonly task: string;
}

/** What a worker tells those who listen; nothing is made for an event without a listener. */
export interface WorkerEvents {
  readonly "task-received": TaskEvent;
  /** Only for tasks with `trackStarted`. */
  readonly "task-started": TaskEvent;
  /** `result` is the encoded value. */
  readonly "task-succeeded": TaskEvent & { readonly runtimeMs: number; readonly result: Uint8Array };
  /** `expected`: the task declares the error with `throws`. */
  readonly "task-failed": TaskEvent & {
    readonly runtimeMs: number;
    readonly error: RemoteError;
    readonly expected: boolean;
  };
  readonly "task-retried": TaskEvent & { readonly delayMs: number; readonly error: RemoteError };
  readonly "task-rejected": TaskEvent & { readonly error: RemoteError };
  readonly "task-revoked": TaskEvent & { readonly error: RemoteError };
  readonly "task-ignored": TaskEvent;
  /** Put back for later: this worker does not know the task or the message's version. */
  readonly "task-parked": TaskEvent & { readonly delayMs: number; readonly reason: string };
  /** The delivery was lost while it ran: its outcome was dropped. */
  readonly "task-lost": TaskEvent;
  readonly "task-log": TaskEvent & { readonly level: LogLevel; readonly message: string };
  readonly warning: { readonly error: Error };
  /** The worker cannot go on and stops. */
  readonly fatal: { readonly error: Error };
}

type Listener<E extends keyof WorkerEvents> = (event: WorkerEvents[E]) => void;

/** Typed listeners. An event is a function, called only when somebody listens. */
export class Emitter {
  readonly #listeners = new Map<keyof WorkerEvents, Set<Listener<never>>>();

  /** Returns what stops listening. */
  on<E extends keyof WorkerEvents>(event: E, listener: Listener<E>): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  emit<E extends keyof WorkerEvents>(event: E, make: () => WorkerEvents[E]): void {
    const listeners = this.#listeners.get(event);
    if (listeners === undefined || listeners.size === 0) return;
    const value = make();
    for (const listener of listeners as Set<Listener<E>>) {
      try {
        listener(value);
      } catch (error) {
        this.#failed(event, error);
      }
    }
  }

  /** What a listener throws is told as a warning, and never stops the worker in the middle of a batch. */
  #failed(event: keyof WorkerEvents, cause: unknown): void {
    const isTold = event !== "warning" && (this.#listeners.get("warning")?.size ?? 0) > 0;
    const error = new Error(`a listener of ${event} threw: ${String(cause)}`, { cause });
    if (isTold) return this.emit("warning", () => ({ error }));
    queueMicrotask(() => {
      throw error;
    });
  }
}
