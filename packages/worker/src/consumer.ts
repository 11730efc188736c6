import type { AbortCode } from "@taskgen/core";
import type { Connection, Delivery, Emitter } from "@taskgen/core/internal";
import { aborted } from "./aborted.js";
import { Arrivals, mustBeLookedUp } from "./arrivals.js";
import { EarlyGate } from "./early-gate.js";
import type { WorkerEvents } from "./events.js";
import type { Finisher } from "./finisher.js";
import { Lanes } from "./lanes.js";
import type { LimitedJobsHost } from "./limits/limited-jobs.js";
import type { Limits } from "./limits/limits.js";
import { LossWatch } from "./loss-watch.js";
import { OwnedJobs } from "./owned-jobs.js";
import type { BatchingPool } from "./batches/batching-pool.js";
import type { Ended } from "./pool/pool.js";
import { Prefetch } from "./prefetch.js";
import { Quarantine } from "./quarantine.js";
import type { WorkerQueue } from "./queues.js";
import type { Revocations } from "./revocations.js";
import { RevokedJobs } from "./revoked-jobs.js";
import { takeSurplus } from "./surplus.js";
import { triage, type OwnedJob, type Triage, type TriageOptions } from "./triage.js";
import type { Verdict } from "./verdict.js";

/** What a consumer works with. */
export interface ConsumerOptions {
  readonly connection: Connection;
  readonly pool: BatchingPool<OwnedJob>;
  readonly finisher: Finisher;
  readonly events: Emitter<WorkerEvents>;
  readonly revocations: Revocations;
  readonly triage: TriageOptions;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** None where no task has any. */
  readonly limits: Limits | undefined;
}

/** How often jobs and credit are looked at. */
const LOOK_MS = 500;

const STOPPED: Verdict = {
  kind: "worker-lost",
  error: {
    name: "WorkerLost",
    code: "WORKER_LOST",
    message: "the worker stopped before the task began; it is acknowledged early and cannot run again",
  },
};

/** Takes deliveries of its queues, has them run, and passes on what came of each. Owns the list of what is under way. */
export class Consumer {
  readonly #options: ConsumerOptions;
  readonly #prefetch: Prefetch;
  readonly #revoked: RevokedJobs;
  readonly #arrivals: Arrivals;
  readonly #owned = new OwnedJobs((job) => this.#gone(job));
  readonly #losses = new LossWatch((job) => this.#lost(job));
  #looks: NodeJS.Timeout | undefined;
  /** Those that wait for others: still owned, but their slots are free. */
  readonly #joining = new OwnedJobs();
  readonly #gate = new EarlyGate({
    limit: (queue) => this.#lanes.limitOf(queue),
    open: (job) => void this.#runAcknowledged(job),
  });
  readonly #lanes: Lanes;
  readonly #quarantine: Quarantine;
  #stopping = false;
  #aborting = false;
  #idle: (() => void)[] = [];

  constructor(options: ConsumerOptions) {
    this.#options = options;
    const prefetch = (this.#prefetch = new Prefetch(options.pool.concurrency));
    const holdings = { owned: this.#owned, joining: this.#joining, acknowledged: this.#gate.passed };
    this.#lanes = new Lanes({ ...holdings, prefetch, slotless: options.pool.slotless });
    this.#quarantine = new Quarantine({
      random: options.random,
      own: (job) => this.#own(job),
      run: (job) => void this.#runUnlessRefused([job]),
      putBack: (job, delayMs) => options.finisher.defer(job, delayMs),
    });
    this.#revoked = new RevokedJobs(options.pool, options.revocations);
    this.#arrivals = new Arrivals(options.connection);
    options.limits?.bind(this.#host());
  }

  /** How many deliveries are under way. */
  get owned(): number {
    return this.#owned.size;
  }

  async start(queues: readonly WorkerQueue[]): Promise<void> {
    const { connection, limits } = this.#options;
    const { transport } = connection;
    const lanes = limits?.lanes(queues) ?? queues;
    await transport.declare(lanes.map(({ name }) => ({ name })));
    this.#looks = setInterval(() => this.#look(), LOOK_MS);
    await this.#lanes.open(lanes, transport, (batch) => this.#take(batch));
    limits?.start();
  }

  /** Takes nothing more, and hands back what has not begun. A broker that does not answer is waited for until the signal aborts. */
  async stopTaking(limit: AbortSignal): Promise<void> {
    this.#stopping = true;
    // n.b. what is handed back while it still takes may come straight back
    await Promise.race([this.#lanes.stop((reason) => this.#warn(reason)), aborted(limit)]);
    for (const job of this.#gate.takeBack()) this.#release(job);
    for (const job of this.#options.limits?.takeBack() ?? []) this.#release(job);
    for (const job of this.#options.pool.takeBack()) {
      // n.b. what was acknowledged early cannot be handed back
      if (job.early) this.ended([{ job, verdict: STOPPED, runtimeMs: 0 }]);
      else this.#release(job);
    }
  }

  /** True when nothing runs any more; false when the signal aborted before. */
  async finished(signal: AbortSignal): Promise<boolean> {
    if (this.#owned.size > 0) await Promise.race([new Promise<void>((idle) => this.#idle.push(idle)), aborted(signal)]);
    return this.#owned.size === 0;
  }

  /** Aborts the signals of all running jobs; one that fails from now on is handed back instead. */
  abortAll(code: AbortCode, message: string): void {
    this.#aborting = true;
    for (const job of this.#owned) this.#options.pool.abort(job, code, message);
  }

  /** Hands back everything that still runs; what comes of it is dropped. */
  releaseAll(): void {
    for (const job of [...this.#owned]) {
      if (this.#isAcknowledged(job) || this.#revoked.has(job)) this.ended([{ job, verdict: STOPPED, runtimeMs: 0 }]);
      else this.#release(job);
    }
  }

  /** Ends the jobs under way that are revoked: at once those that have not begun. */
  stopRevoked(): void {
    for (const end of this.#revoked.stop([...this.#owned])) {
      const { job, verdict } = end;
      if (!this.#owned.delete(job)) continue;
      if (!job.early || this.#isAcknowledged(job)) this.#options.finisher.end(end);
      else this.#options.finisher.endUnrun(job.delivery, { kind: "end", task: job.task, verdict });
      this.#gate.ended(job);
      this.#gate.remove(job);
    }
    this.#grant();
    this.#noteIdle();
  }

  async close(): Promise<void> {
    clearInterval(this.#looks);
    await this.#options.limits?.stop();
  }

  /** A batch of jobs ended in the pool. */
  ended(batch: readonly Ended<OwnedJob>[]): void {
    for (const told of batch) {
      const end = this.#revoked.judge(told);
      if (end.verdict.kind === "late" && this.#missed(end.job)) continue;
      // n.b. one that did not await its join, or whose thread died, does not tell that it is over
      this.#joining.delete(end.job);
      this.#gate.ended(end.job);
      if (this.#aborting && end.verdict.kind === "failure" && !end.job.early) this.#release(end.job);
      // n.b. a job that was released meanwhile ends without an owner
      else if (this.#owned.delete(end.job)) this.#options.finisher.end(end);
    }
    this.#prefetch.ended(batch.length);
    this.#grant();
    this.#noteIdle();
  }

  /** A running task waits for another one, or goes on; what it waits for must be able to come. */
  joining(job: OwnedJob, waiting: boolean): void {
    if (waiting && this.#owned.has(job)) this.#joining.add(job);
    else this.#joining.delete(job);
    this.#grant();
  }

  /** The pool runs more or fewer jobs at once from now on. */
  resized(): void {
    this.#prefetch.concurrency = this.#options.pool.concurrency;
    this.#grant();
  }

  #take(batch: readonly Delivery[]): void {
    const ready: OwnedJob[] = [];
    const doubtful: OwnedJob[] = [];
    for (const delivery of batch) {
      const decision = triage(delivery, this.#options.triage);
      if (decision.kind === "end") this.#endUnrun(delivery, decision);
      else if (decision.kind === "park") this.#options.finisher.park(delivery, decision);
      else if (!this.#stopping && this.#quarantine.takes(decision.job)) continue;
      else (mustBeLookedUp(decision.job) ? doubtful : ready).push(this.#own(decision.job));
    }
    if (this.#stopping) for (const job of [...ready, ...doubtful]) this.#release(job);
    else this.#dispatch(ready, doubtful);
    if (this.#lanes.areMany) this.#grant();
  }

  #endUnrun(delivery: Delivery, decision: Extract<Triage, { kind: "end" }>): void {
    this.#options.finisher.endUnrun(delivery, decision);
    this.#options.limits?.unrun(decision.task, delivery.envelope.id);
  }

  #own(job: OwnedJob): OwnedJob {
    this.#owned.add(job);
    this.#options.events.emit("task-received", () => receivedOf(job));
    return job;
  }

  #dispatch(ready: readonly OwnedJob[], doubtful: readonly OwnedJob[]): void {
    if (ready.length > 0) this.#run(ready);
    if (doubtful.length > 0) void this.#runUnlessRefused(doubtful);
  }

  /** Of those of which more must be known, some are settled without running. */
  async #runUnlessRefused(jobs: readonly OwnedJob[]): Promise<void> {
    const { finisher, limits } = this.#options;
    const refused = await this.#arrivals.look(jobs);
    const open = jobs.filter((job, i) => refused[i] === undefined && this.#owned.has(job));
    jobs.forEach((job, i) => {
      const verdict = refused[i];
      if (verdict === undefined || !this.#owned.delete(job)) return;
      if (verdict === "drop") finisher.dropEnded(job);
      else finisher.endUnrun(job.delivery, { kind: "end", task: job.task, verdict });
      limits?.unrun(job.task, job.id);
    });
    if (this.#stopping) for (const job of open) this.#release(job);
    else this.#run(open);
    this.#noteIdle();
  }

  #run(jobs: readonly OwnedJob[]): void {
    const free = this.#options.limits?.gate(jobs) ?? jobs;
    if (free.length > 0) this.#runFree(free);
  }

  #host(): LimitedJobsHost {
    const { pool, finisher } = this.#options;
    return {
      pool,
      finisher,
      joining: this.#joining,
      acknowledged: this.#gate.passed,
      run: (jobs) => this.#runFree(jobs),
      drop: (job) => {
        this.#drop(job);
        this.#noteIdle();
      },
      grant: () => this.#grant(),
      warn: (reason) => this.#warn(reason),
    };
  }

  /** It missed its time to start, and needs another one; false when it is handed back instead. */
  #missed(job: OwnedJob): boolean {
    if (!this.#owned.has(job)) return true;
    if (this.#stopping && job.early) this.ended([{ job, verdict: STOPPED, runtimeMs: 0 }]);
    else if (this.#stopping) return false;
    else this.#options.limits?.again(job);
    return true;
  }

  #gone(job: OwnedJob): void {
    const { limits } = this.#options;
    this.#quarantine.left(job);
    if (limits === undefined) return;
    // n.b. one that waits for its time counts as such
    this.#joining.delete(job);
    limits.gone(job);
  }

  #runFree(jobs: readonly OwnedJob[]): void {
    const late = jobs.filter((job) => !job.early);
    if (late.length > 0) this.#options.pool.run(late);
    if (late.length === jobs.length) return;
    this.#gate.add(jobs.filter((job) => job.early));
    this.#grant();
  }

  /** Divides the credit anew, and tells the broker. */
  #grant(): void {
    this.#lanes.grant();
    if (this.#gate.fill()) this.#lanes.grant();
  }

  /** At most once: it runs only after the broker has forgotten it. */
  async #runAcknowledged(job: OwnedJob): Promise<void> {
    const ours = await this.#options.finisher.acknowledge(job);
    if (!ours) this.#drop(job);
    else if (this.#stopping) this.ended([{ job, verdict: STOPPED, runtimeMs: 0 }]);
    // n.b. it may have been revoked meanwhile
    else if (this.#owned.has(job)) this.#options.pool.run([job]);
    this.#noteIdle();
  }

  /** n.b. one that is redelivered is not, as long as it is looked up whether it has ended. */
  #isAcknowledged(job: OwnedJob): boolean {
    return this.#gate.passed.has(job);
  }

  #drop(job: OwnedJob): void {
    this.#owned.delete(job);
    this.#gate.ended(job);
    this.#grant();
  }

  #release(job: OwnedJob): void {
    if (this.#owned.delete(job)) {
      if (!this.#arrivals.isChosen(job)) this.#options.finisher.release(job);
      else this.#options.finisher.releaseAs(job, { ...job.header, unique: "claimed" });
    }
    this.#noteIdle();
  }

  #warn(reason: unknown): void {
    const error = reason instanceof Error ? reason : new Error(String(reason));
    this.#options.events.emit("warning", () => ({ error }));
  }

  #noteIdle(): void {
    if (this.#owned.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  #look(): void {
    this.#losses.look(this.#owned);
    if (this.#stopping) return;
    const quiet = this.#prefetch.look(this.#owned.size > 0);
    if (quiet === 2) this.#grant();
    // n.b. what is handed back before the broker knows the lower credit comes again
    if (quiet !== 3) return;
    for (const job of this.#gate.takeBack()) this.#release(job);
    for (const job of takeSurplus(this.#options.pool, this.#lanes)) this.#release(job);
  }

  /** Somebody else owns it now: its signal aborts and what comes of it is dropped. */
  #lost(job: OwnedJob): void {
    if (!this.#owned.delete(job)) return;
    this.#options.pool.abort(
      job,
      "DELIVERY_LOST",
      `the lease of ${job.task} (${job.id}) ran out; another worker may run it now`,
    );
    this.#options.events.emit("task-lost", () => ({ id: job.id, task: job.task }));
    this.#noteIdle();
  }
}

const receivedOf = ({ id, task, args, seal }: OwnedJob): WorkerEvents["task-received"] => ({
  ...{ id, task, args },
  isEncrypted: seal?.enc !== undefined,
});
