import { OwnedJobs } from "./owned-jobs.js";
import type { OwnedJob } from "./triage.js";

export interface EarlyGateOptions {
  /** How many of a queue may be acknowledged and not ended. */
  readonly limit: (queue: string) => number;
  /** Acknowledges one, and has it run. */
  readonly open: (job: OwnedJob) => void;
}

/**
 * Jobs that are acknowledged before they run: one at a time as there is room for them, since what is acknowledged is lost with
 * this process, and the broker brings something else for it.
 */
export class EarlyGate {
  /** Acknowledged and not ended. */
  readonly passed = new OwnedJobs();
  readonly #options: EarlyGateOptions;
  #waiting: OwnedJob[] = [];

  constructor(options: EarlyGateOptions) {
    this.#options = options;
  }

  add(jobs: readonly OwnedJob[]): void {
    this.#waiting.push(...jobs);
  }

  /** One is over; `fill` has to follow. */
  ended(job: OwnedJob): void {
    this.passed.delete(job);
  }

  /** Lets pass what there is room for; whether there was something. */
  fill(): boolean {
    if (this.#waiting.length === 0) return false;
    const waiting = this.#waiting;
    this.#waiting = waiting.filter((job) => {
      const { queue } = job.delivery.envelope;
      if (this.passed.of(queue) >= this.#options.limit(queue)) return true;
      this.passed.add(job);
      return false;
    });
    for (const job of waiting) if (this.passed.has(job)) this.#options.open(job);
    return this.#waiting.length < waiting.length;
  }

  /** Takes one out if it waits. */
  remove(job: OwnedJob): void {
    const at = this.#waiting.indexOf(job);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  /** Those that wait; they are still the broker's to give to others. */
  takeBack(): OwnedJob[] {
    return this.#waiting.splice(0);
  }
}
