import type { BatchPlan, Job } from "../pool/pool.js";

/** Collects the calls of one task until they are enough, or the first of them has waited long enough. */
export class Collector<J extends Job> {
  readonly plan: BatchPlan;
  readonly #onFull: (jobs: readonly J[]) => void;
  /** When each came; one that was taken out and comes again has not just come. */
  readonly #since = new WeakMap<J, number>();
  #waiting: J[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(plan: BatchPlan, onFull: (jobs: readonly J[]) => void) {
    this.plan = plan;
    this.#onFull = onFull;
  }

  get size(): number {
    return this.#waiting.length;
  }

  add(job: J): void {
    if (!this.#since.has(job)) this.#since.set(job, performance.now());
    if (this.#waiting.push(job) >= this.plan.maxSize) this.#close();
    else this.#timer ??= setTimeout(() => this.#close(), this.#restMs(job));
  }

  /** Takes one out; whether it was there. */
  remove(job: J): boolean {
    const at = this.#waiting.indexOf(job);
    if (at >= 0) this.#waiting.splice(at, 1);
    if (this.#waiting.length === 0) this.#stopTimer();
    return at >= 0;
  }

  /** Takes out all. */
  take(): J[] {
    this.#stopTimer();
    return this.#waiting.splice(0);
  }

  #close(): void {
    const jobs = this.take();
    if (jobs.length > 0) this.#onFull(jobs);
  }

  #restMs(job: J): number {
    return Math.max(0, this.#since.get(job)! + this.plan.maxWaitMs - performance.now());
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
