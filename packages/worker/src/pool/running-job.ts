import { RetryTask, SoftTimeLimitExceeded, type RetryOptions, type TaskAborted, type TaskLog } from "@taskgen/core";
import {
  LONGEST_TIMER_MS,
  MAX_ANCESTORS,
  runAsTask,
  type Descent,
  type RunningTask,
  type TaskPlace,
} from "@taskgen/core/internal";
import type { ProgressReporter } from "../progress-reporter.js";
import type { Job } from "./pool.js";

/** What of a job its own code may see. */
export type VisibleJob = Pick<
  Job,
  | "id"
  | "task"
  | "retries"
  | "redeliveries"
  | "rootId"
  | "parentId"
  | "ancestors"
  | "headers"
  | "softTimeLimitMs"
  | "timeLimitMs"
  | "storesNothing"
>;

/** What a pool lends to a running job. */
export interface JobHost {
  readonly log: TaskLog;
  /** Takes what the job reports, where its task declares a channel. */
  readonly reporting: ProgressReporter | undefined;
  /** Frees the job's slot during `wait`. */
  readonly join: <T>(wait: () => Promise<T>) => Promise<T>;
  /** Something outside this event loop wants the job to stop; asked by `checkpoint`. */
  readonly pendingAbort?: () => TaskAborted | undefined;
}

/** A job as its own code sees it, through `currentTask()`. */
export class RunningJob implements RunningTask {
  place: TaskPlace | undefined;
  /** Set by the run of a batch. */
  batch: readonly string[] | undefined;
  readonly #job: VisibleJob;
  readonly #host: JobHost;
  streamed: RunningTask["streamed"];
  readonly #startedAt = performance.now();
  readonly #softLimit: NodeJS.Timeout | undefined;
  #controller: AbortController | undefined;
  #aborted: TaskAborted | undefined;

  constructor(job: VisibleJob, host: JobHost) {
    this.#job = job;
    this.#host = host;
    if (job.softTimeLimitMs !== undefined && job.softTimeLimitMs <= LONGEST_TIMER_MS) {
      this.#softLimit = setTimeout(() => this.abort(this.#softLimitPassed()), job.softTimeLimitMs);
    }
  }

  get id(): string {
    return this.#job.id;
  }

  get name(): string {
    return this.#job.task;
  }

  get retries(): number {
    return this.#job.retries;
  }

  get redeliveries(): number {
    return this.#job.redeliveries;
  }

  get rootId(): string {
    return this.#job.rootId;
  }

  get parentId(): string | undefined {
    return this.#job.parentId;
  }

  get descent(): Descent {
    const { id, rootId, parentId, ancestors } = this.#job;
    const origin = { rootId, parentId: id };
    if (parentId === undefined || parentId === rootId) return origin;
    return { ...origin, ancestors: [...ancestors, parentId].slice(-MAX_ANCESTORS) };
  }

  get headers(): Readonly<Record<string, string>> {
    return this.#job.headers;
  }

  get idempotencyKey(): string {
    return this.#job.id;
  }

  get remainingMs(): number {
    return (this.#job.timeLimitMs ?? Infinity) - (performance.now() - this.#startedAt);
  }

  get log(): TaskLog {
    return this.#host.log;
  }

  get reporting(): ProgressReporter | undefined {
    return this.#host.reporting;
  }

  /** Made on first use: most tasks never look. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#aborted !== undefined) this.#controller.abort(this.#aborted);
    return this.#controller.signal;
  }

  get storesNothing(): boolean {
    return this.#job.storesNothing;
  }

  resumeFrom(): number {
    if (this.streamed === undefined) return 0;
    this.streamed = { ...this.streamed, isResumed: true };
    return this.streamed.stored;
  }

  checkpoint(): void {
    const { softTimeLimitMs } = this.#job;
    const late = softTimeLimitMs !== undefined && performance.now() - this.#startedAt >= softTimeLimitMs;
    const reason = this.#aborted ?? (late ? this.#softLimitPassed() : this.#host.pendingAbort?.());
    if (reason === undefined) return;
    this.abort(reason);
    throw reason;
  }

  retry(options?: RetryOptions): RetryTask {
    return new RetryTask(options);
  }

  join<T>(wait: () => Promise<T>): Promise<T> {
    return this.#host.join(wait);
  }

  abort(reason: TaskAborted): void {
    if (this.#aborted !== undefined) return;
    this.#aborted = reason;
    // n.b. listeners run here: what they ask of the current task is asked of this one
    runAsTask(this, () => this.#controller?.abort(reason));
  }

  /** Clears its timer, and passes on the last thing that it reported; called when the job ended. */
  ended(): void {
    this.#host.reporting?.end();
    clearTimeout(this.#softLimit);
  }

  #softLimitPassed(): TaskAborted {
    return new SoftTimeLimitExceeded(`soft time limit of ${this.#job.softTimeLimitMs} ms exceeded`);
  }
}
