import { toRemoteError } from "@taskgen/core/internal";
import type { Finisher } from "../finisher.js";
import type { OwnedJobs } from "../owned-jobs.js";
import type { Pool } from "../pool/pool.js";
import type { OwnedJob } from "../triage.js";
import type { GateEvents } from "./gate.js";

/** What limited jobs need of their consumer. */
export interface LimitedJobsHost {
  readonly pool: Pool<OwnedJob>;
  readonly finisher: Finisher;
  /** Those that are owned and count against no credit. */
  readonly joining: OwnedJobs;
  /** Those that were acknowledged before they run. */
  readonly acknowledged: OwnedJobs;
  readonly run: (jobs: readonly OwnedJob[]) => void;
  /** It is no more ours; there is room for others. */
  readonly drop: (job: OwnedJob) => void;
  /** Divides the credit anew. */
  readonly grant: () => void;
  readonly warn: (error: unknown) => void;
}

/** Does with the jobs of a consumer what their limits say. */
export class LimitedJobs implements GateEvents {
  readonly #host: LimitedJobsHost;

  constructor(host: LimitedJobsHost) {
    this.#host = host;
  }

  run(jobs: readonly OwnedJob[], first: boolean): void {
    const { pool, joining, acknowledged, run, grant } = this.#host;
    for (const job of jobs) joining.delete(job);
    const behind = first ? pool.takeBack() : [];
    const known = jobs.filter((job) => acknowledged.has(job));
    if (known.length > 0) pool.run(known);
    if (known.length < jobs.length) run(jobs.filter((job) => !known.includes(job)));
    if (behind.length > 0) pool.run(behind);
    grant();
  }

  waits(job: OwnedJob): void {
    this.#host.joining.add(job);
    this.#host.grant();
  }

  async held(jobs: readonly OwnedJob[]): Promise<void> {
    const { acknowledged, finisher, drop } = this.#host;
    const settled = jobs.map(async (job) => {
      const isSettled = acknowledged.has(job);
      drop(job);
      if (!isSettled) await finisher.acknowledge(job);
    });
    await Promise.all(settled);
  }

  refused(job: OwnedJob, error: unknown): void {
    const verdict = { kind: "reject", error: toRemoteError(error) } as const;
    this.#host.drop(job);
    this.#host.finisher.endUnrun(job.delivery, { kind: "end", task: job.task, verdict });
  }

  warn(error: unknown): void {
    this.#host.warn(error);
  }
}
