import { deathsOf } from "./pool/entry.js";
import type { OwnedJob } from "./triage.js";

/** How long the one that stays waits for others to come, which are then put back before it begins. */
const LOOK_ROUND_MS = 500;
/** How long the others wait: as long, or up to twice as long. */
const WAIT_MS = 1_000;

export interface QuarantineOptions {
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly own: (job: OwnedJob) => void;
  readonly run: (job: OwnedJob) => void;
  /** Resolves when the broker has it back, or never will. */
  readonly putBack: (job: OwnedJob, delayMs: number) => Promise<void>;
}

/**
 * Keeps jobs apart that end with the next worker that dies with them. A worker that dies charges all that it owns, so that whoever was with a
 * culprit each time would end like it; hence a worker owns one of these at a time, and has put back the others before it begins. n.b. not
 * earlier: brokers charge for lost connections too, and what they break in on is as much as a worker owns.
 */
export class Quarantine {
  readonly #options: QuarantineOptions;
  readonly #leaving = new Set<Promise<void>>();
  #inside: OwnedJob | undefined;

  constructor(options: QuarantineOptions) {
    this.#options = options;
  }

  /** Owns a job that ends with the next death, or puts it back; false for any other. */
  takes(job: OwnedJob): boolean {
    if (deathsOf(job) < Math.max(job.maxRedeliveries, 1)) return false;
    if (this.#inside === undefined) void this.#admit(job);
    else this.#putBack(job);
    return true;
  }

  /** A job is not owned any more. */
  left(job: OwnedJob): void {
    if (this.#inside === job) this.#inside = undefined;
  }

  async #admit(job: OwnedJob): Promise<void> {
    this.#inside = job;
    this.#options.own(job);
    await new Promise((resolve) => setTimeout(resolve, LOOK_ROUND_MS));
    await Promise.all(this.#leaving);
    this.#options.run(job);
  }

  #putBack(job: OwnedJob): void {
    const leaving = this.#options.putBack(job, WAIT_MS * (1 + this.#options.random()));
    this.#leaving.add(leaving);
    void leaving.finally(() => this.#leaving.delete(leaving));
  }
}
