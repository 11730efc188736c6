import type { OwnedJob } from "./triage.js";

/** A set of jobs that knows how many of them came from which queue. */
export class OwnedJobs extends Set<OwnedJob> {
  readonly #counts = new Map<string, number>();

  override add(job: OwnedJob): this {
    if (!this.has(job)) this.#count(job, 1);
    return super.add(job);
  }

  override delete(job: OwnedJob): boolean {
    const isDeleted = super.delete(job);
    if (isDeleted) this.#count(job, -1);
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
