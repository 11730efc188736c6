import type { Ended, Pool } from "./pool/pool.js";
import type { Revocations } from "./revocations.js";
import type { OwnedJob } from "./triage.js";
import type { Verdict } from "./verdict.js";

/** Stops the jobs of a worker that are revoked, and says how they end. */
export class RevokedJobs {
  readonly #pool: Pool<OwnedJob>;
  readonly #revocations: Revocations;
  /** Those that ran when they were told to stop, with their end. */
  readonly #told = new Map<OwnedJob, Extract<Verdict, { kind: "revoke" }>>();

  constructor(pool: Pool<OwnedJob>, revocations: Revocations) {
    this.#pool = pool;
    this.#revocations = revocations;
  }

  /** Whether it was told to stop, and has not ended. */
  has(job: OwnedJob): boolean {
    return this.#told.has(job);
  }

  /** Tells those of the jobs that run to stop, or ends them by force; returns the others, with their end. */
  stop(jobs: readonly OwnedJob[]): Ended<OwnedJob>[] {
    return jobs.flatMap((job) => this.#stop(job) ?? []);
  }

  /** How a job ended. One that was told to stop is revoked, whatever it did of that; a value is a value. */
  judge(end: Ended<OwnedJob>): Ended<OwnedJob> {
    if (this.#told.size === 0) return end;
    const verdict = this.#told.get(end.job);
    this.#told.delete(end.job);
    const isDecided = end.verdict.kind === "success" || end.verdict.kind === "revoke";
    if (verdict === undefined || isDecided) return end;
    return { ...end, verdict: end.unbegun === true ? { kind: "revoke", error: verdict.error } : verdict };
  }

  #stop(job: OwnedJob): Ended<OwnedJob> | undefined {
    const revoked = this.#revocations.find(job.id, job.header);
    if (revoked === undefined) return undefined;
    const { error, terminate } = revoked;
    const reason = { code: "TASK_REVOKED", message: `${job.task} (${job.id}): ${error.message}` } as const;
    if (!this.has(job) && !this.#pool.abort(job, reason.code, reason.message))
      return { job, verdict: { kind: "revoke", error }, runtimeMs: 0 };
    this.#told.set(job, { kind: "revoke", error, terminated: false });
    if (terminate) this.#pool.terminate(job, reason, { kind: "revoke", error, terminated: true });
    return undefined;
  }
}
