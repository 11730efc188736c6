import type { OwnedJob } from "./triage.js";

/** A set of jobs that knows how many of them came from which queue. */
export class OwnedJobs extends Set<OwnedJob> {
  readonly #counts = new Map<string, number>();
  readonly #onDeleted: ((job: OwnedJob) => void) | undefined;

  constructor(onDeleted?: (job: OwnedJob) => void) {
    super();
    this.#onDeleted = onDeleted;
  }

  override add(job: OwnedJob): this {
    if (!this.has(job)) this.#count(job, 1);
    return super.add(job);
  }

  override delete(job: OwnedJob): boolean {
    const isDeleted = super.delete(job);
    if (isDeleted) this.#count(job, -1);
    if (isDeleted) this.#onDeleted?.(job);
    return isDeleted;
  }

  /** How many there are of a queue. */
  of(queue: string): number {
    return this.#counts.get(queue) ?? 0;
  }

  #count({ delivery }: OwnedJob, by: 1 | -1): void {
    const { queue } = delivery.envelope;
    this.#counts.set(queue, this.of(queue) + by);
  }
}
