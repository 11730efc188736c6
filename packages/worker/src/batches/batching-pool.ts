import type { AbortCode } from "@taskgen/core";
import { stoppedBy } from "../pool/fate.js";
import { deathsOf } from "../pool/entry.js";
import type { Ended, Job, PlainTaskOptions, Pool, PoolEvents, StopReason } from "../pool/pool.js";
import type { Verdict } from "../verdict.js";
import { BatchRoom, type SlotlessJobs } from "./batch-room.js";
import { Batch } from "./batch.js";
import { Collector } from "./collector.js";
import { Memberships } from "./memberships.js";
import { unpackVerdicts } from "./wire.js";

/** What a pool gets that runs batches: jobs as they came, and batches of them. */
export type JobOrBatch<J extends Job> = J | Batch<J>;

/**
 * A pool that collects the calls of batch tasks, has another one run them together, and tells of each by itself. Jobs of other
 * tasks pass. A call that was there when a worker, thread or process died runs in a batch of its own.
 */
export class BatchingPool<J extends Job> implements Pool<J> {
  readonly #inner: Pool<JobOrBatch<J>>;
  readonly #collectors = new Map<string, Collector<J>>();
  readonly #members: Memberships<J>;
  readonly #room: BatchRoom<J>;
  #on: PoolEvents<J> | undefined;

  constructor(inner: Pool<JobOrBatch<J>>, queueOf: (job: J) => string) {
    this.#inner = inner;
    this.#room = new BatchRoom(queueOf, () => this.#on!.resized());
    this.#members = new Memberships(this.#room);
  }

  get children(): number {
    return this.#inner.children;
  }

  get concurrency(): number {
    return this.#inner.concurrency;
  }

  get ready(): boolean {
    return this.#inner.ready;
  }

  get slotless(): SlotlessJobs {
    return this.#room;
  }

  async start(on: PoolEvents<J>): Promise<Readonly<Record<string, PlainTaskOptions>>> {
    this.#on = on;
    const tasks = await this.#inner.start(this.#events(on));
    for (const [name, { batch }] of Object.entries(tasks)) {
      if (batch !== undefined) this.#collectors.set(name, new Collector(batch, (jobs) => this.#begin(jobs)));
    }
    return tasks;
  }

  run(jobs: readonly J[]): void {
    if (!this.#hasBatches) return this.#inner.run(jobs);
    const plain = jobs.filter(({ task }) => !this.#collectors.has(task));
    if (plain.length > 0) this.#inner.run(plain);
    if (plain.length < jobs.length) for (const job of jobs) this.#collect(job);
  }

  abort(job: J, code: AbortCode, message: string): boolean {
    const collector = this.#collectors.get(job.task);
    if (collector === undefined) return this.#inner.abort(job, code, message);
    if (this.#leave(collector, job)) return false;
    const batch = this.#members.of(job);
    if (batch === undefined) return false;
    batch.stopped.set(job, { code, message });
    // n.b. the others of its batch go on
    if (batch.stopped.size < batch.open) return true;
    return this.#inner.abort(batch, code, message) || this.#endUnbegun(batch, job);
  }

  terminate(job: J, reason: StopReason, verdict: Verdict): void {
    const collector = this.#collectors.get(job.task);
    if (collector === undefined) return this.#inner.terminate(job, reason, verdict);
    const batch = this.#members.of(job);
    if (batch?.open === 1) return this.#inner.terminate(batch, reason, verdict);
    if (!this.#leave(collector, job) && !this.#members.end(job)) return;
    this.#on!.ended([{ job, verdict, runtimeMs: 0 }]);
  }

  /** Gives back the jobs that wait for room, not those that wait to be enough. */
  takeWaiting(): readonly J[] {
    return this.#inner.takeBack().flatMap((job) => (job instanceof Batch ? this.#dissolve(job) : [job]));
  }

  /** Those that are acknowledged, and wait to be enough, begin instead. */
  takeBack(): readonly J[] {
    const back = this.takeWaiting();
    if (!this.#hasBatches) return back;
    const waiting = [...this.#collectors.values()].map((collector) => this.#takeFrom(collector));
    for (const jobs of waiting) if (jobs[0]?.early === true) this.#begin(jobs, true);
    return [...back, ...waiting.flat().filter(({ early }) => !early)];
  }

  async stop(): Promise<void> {
    for (const collector of this.#collectors.values()) collector.take();
    await this.#inner.stop();
    this.#members.clear();
  }

  get #hasBatches(): boolean {
    return this.#collectors.size > 0;
  }

  #collect(job: J): void {
    const collector = this.#collectors.get(job.task);
    if (collector === undefined) return;
    this.#room.enter(job, collector.plan.maxSize);
    if (deathsOf(job) > 0) this.#begin([job]);
    else collector.add(job);
  }

  /** `isNew`: they have left the collector, and count no more. */
  #begin(jobs: readonly J[], isNew = false): void {
    const batch = new Batch(jobs);
    this.#members.add(batch);
    // n.b. one of them has the slot of all
    this.#room.leave(jobs[0]!, isNew ? 1 - jobs.length : 1);
    this.#inner.run([batch]);
  }

  #leave(collector: Collector<J>, job: J): boolean {
    const left = collector.remove(job);
    if (left) this.#room.leave(job);
    return left;
  }

  #takeFrom(collector: Collector<J>): readonly J[] {
    const jobs = collector.take();
    if (jobs.length > 0) this.#room.leave(jobs[0]!, jobs.length);
    return jobs;
  }

  /** A batch that did not begin: its members, but for those that were told to stop. */
  #dissolve(batch: Batch<J>): J[] {
    const { jobs, stopped } = this.#members.endAll(batch);
    this.#tell(
      [...stopped].map(([job, reason]) => ({ job, verdict: stoppedBy(reason), runtimeMs: 0, unbegun: true as const })),
    );
    for (const job of jobs) charge(job, batch.charges);
    return jobs.filter((job) => !stopped.has(job));
  }

  /** All members were told to stop before it began; whether that is to be told of `job` still. */
  #endUnbegun(batch: Batch<J>, job: J): boolean {
    this.#members.end(job);
    this.#dissolve(batch);
    return false;
  }

  #events(on: PoolEvents<J>): PoolEvents<JobOrBatch<J>> {
    const of = (job: JobOrBatch<J>): readonly J[] => (job instanceof Batch ? this.#members.open(job) : [job]);
    const first = (job: JobOrBatch<J>): J => (job instanceof Batch ? job.members[0]! : job);
    return {
      ended: (ends) => this.#tell(this.#hasBatches ? ends.flatMap((end) => this.#ends(end)) : (ends as Ended<J>[])),
      started: (job) => of(job).forEach((member) => member.trackStarted && on.started(member)),
      reported: (batch) => on.reported(batch.flatMap((report) => of(report.job).map((job) => ({ ...report, job })))),
      log: (job, line) => on.log(first(job), line),
      joining: (job, waiting) => on.joining(first(job), waiting),
      warning: on.warning,
      resized: on.resized,
      fatal: on.fatal,
    };
  }

  #tell(ended: readonly Ended<J>[]): void {
    if (ended.length > 0) this.#on!.ended(ended);
  }

  #ends(end: Ended<JobOrBatch<J>>): readonly Ended<J>[] {
    const { job: batch, verdict, ...rest } = end;
    if (!(batch instanceof Batch)) return [end as Ended<J>];
    const { jobs, stopped } = this.#members.endAll(batch);
    if (verdict.kind === "worker-lost" && batch.members.length > 1 && !batch.early)
      return jobs.flatMap((job) => this.#afterDeath({ ...rest, job, verdict }, stopped.get(job)) ?? []);
    const open = new Set(jobs);
    const verdicts = verdict.kind === "success" ? unpackVerdicts(verdict.body) : batch.members.map(() => verdict);
    const ended = batch.members.map((job, i): Ended<J> => ({ ...rest, job, verdict: verdicts[i]! }));
    return ended.filter(({ job }) => open.has(job));
  }

  /** Any of the batch may have ended what ran them: each runs again by itself, as far as it may. */
  #afterDeath(end: Ended<J>, stopped: StopReason | undefined): Ended<J> | undefined {
    const { job } = end;
    if (stopped !== undefined) return { ...end, verdict: stoppedBy(stopped) };
    if (deathsOf(job) + 1 > job.maxRedeliveries) return end;
    charge(job, 1);
    this.#begin([job], true);
    return undefined;
  }
}

function charge(job: Job, deaths = 0): void {
  if (deaths > 0) job.charges = (job.charges ?? 0) + deaths;
}
