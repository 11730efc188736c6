import type { OwnedJob } from "./triage.js";

/** Tells of jobs whose delivery is lost to another owner. Those that end between two looks cost nothing. */
export class LossWatch {
  readonly #lost: (job: OwnedJob) => void;
  readonly #watched = new WeakSet<OwnedJob>();
  /** Those that were owned at the last look. */
  #before: ReadonlySet<OwnedJob> = new Set();

  constructor(lost: (job: OwnedJob) => void) {
    this.#lost = lost;
  }

  look(owned: Iterable<OwnedJob>): void {
    const before = this.#before;
    this.#before = new Set(owned);
    for (const job of this.#before) if (!job.early && before.has(job) && !this.#watched.has(job)) this.#watch(job);
  }

  #watch(job: OwnedJob): void {
    this.#watched.add(job);
    const { lost } = job.delivery;
    if (lost.aborted) this.#lost(job);
    else lost.addEventListener("abort", () => this.#lost(job), { once: true });
  }
}
