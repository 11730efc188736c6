import { TaskAborted, type TaskLog } from "@taskgen/core";
import type { ProgressReporter } from "../progress-reporter.js";
import { createTaskLog } from "../task-log.js";
import type { Outbox } from "./outbox.js";
import type { Permits } from "./permits.js";
import type { JobHost } from "./running-job.js";
import type { Slots } from "./slots.js";

/** Where a claimed job stands: its key, and its slot in shared memory. */
export interface Claim {
  readonly key: number;
  readonly slots: Slots;
  readonly index: number;
}

/** What a child's jobs have in common, and where this one reports to. */
export interface HostParts {
  readonly outbox: Outbox;
  readonly permits: Permits;
  readonly reporting: ProgressReporter | undefined;
}

/** What a child of a pool lends to each of its jobs: lines to the main thread, the right to run, the main thread's abort flag. */
export class ChildHost implements JobHost {
  readonly reporting: ProgressReporter | undefined;
  readonly #claim: Claim;
  readonly #outbox: Outbox;
  readonly #permits: Permits;
  #log: TaskLog | undefined;
  #joins = 0;
  #ended = false;

  constructor(claim: Claim, { outbox, permits, reporting }: HostParts) {
    this.reporting = reporting;
    this.#claim = claim;
    this.#outbox = outbox;
    this.#permits = permits;
  }

  get log(): TaskLog {
    return (this.#log ??= createTaskLog((line) => this.#outbox.log(this.#claim.key, line)));
  }

  pendingAbort(): TaskAborted | undefined {
    const code = this.#claim.slots.abortCode(this.#claim.index);
    return code && new TaskAborted(code, ABORTED[code]);
  }

  /** Joins may overlap; the slot is free from the first to the last. */
  async join<T>(wait: () => Promise<T>): Promise<T> {
    if (this.#joins++ === 0) this.#leave();
    try {
      return await wait();
    } finally {
      if (--this.#joins === 0) await this.#return();
    }
  }

  /** The job's function is over. */
  end(): void {
    this.#ended = true;
    if (this.#joins === 0) this.#permits.release();
  }

  #leave(): void {
    if (this.#ended) return;
    this.#outbox.joining(this.#claim.key, true);
    this.#permits.leave();
  }

  async #return(): Promise<void> {
    if (this.#ended) return;
    await this.#permits.acquire();
    // n.b. a job that did not await its join may have ended meanwhile, or wait again
    if (this.#ended || this.#joins > 0) return this.#permits.leave();
    this.#outbox.joining(this.#claim.key, false);
  }
}

/** For a loop that never yields: the message with the details arrives only when it does. */
const ABORTED = {
  SOFT_TIME_LIMIT_EXCEEDED: "the soft time limit was exceeded",
  TIME_LIMIT_EXCEEDED: "the time limit was exceeded",
  DELIVERY_LOST: "the delivery was lost; another worker may run the task now",
  WORKER_SHUTDOWN: "the worker stops",
  TASK_REVOKED: "the task was revoked",
} as const;
