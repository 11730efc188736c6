import { TaskAborted, type AbortCode } from "@taskgen/core";
import { LONGEST_TIMER_MS, toRemoteError } from "@taskgen/core/internal";
import type { Executable } from "../execute.js";
import { runJob } from "../run-job.js";
import type { LoadedRegistry } from "../registry.js";
import { ProgressReporter, Pulse, type ReportSink } from "../progress-reporter.js";
import { Setup } from "../setup.js";
import type { Verdict } from "../verdict.js";
import type { Ended, Job, JobReport, PlainTaskOptions, Pool, PoolEvents, StopReason } from "./pool.js";
import { boundedBy } from "./bounded-by.js";
import { InlineHost } from "./inline-host.js";
import { RunningJob } from "./running-job.js";
import { TEAR_DOWN_MS, tearDownTooLong } from "./tear-down.js";
import { timeLimit, timeLimitExceeded } from "./time-limit.js";

/** A job that runs here. */
interface Running {
  readonly task: RunningJob;
  readonly startedAt: number;
  readonly hardLimit: NodeJS.Timeout | undefined;
}

/**
 * Runs jobs on the worker's own event loop: the least overhead, and no protection. A task that blocks the loop blocks the
 * worker too, and nothing can be stopped by force: past its time limit a task is given up, not ended.
 */
export class InlinePool<J extends Job> implements Pool<J> {
  readonly children = 0;
  readonly concurrency: number;
  readonly #open: () => Promise<LoadedRegistry>;
  readonly #running = new Map<J, Running>();
  /** Tasks that were run before. */
  readonly #loaded = new Map<string, Executable>();
  #registry: LoadedRegistry | undefined;
  #setup: Setup | undefined;
  #on: PoolEvents<J> | undefined;
  #waiting: J[] = [];
  #next = 0;
  /** Jobs that wait for others, with for how many at once: their slots are free. */
  readonly #joins = new Map<J, number>();
  #ended: Ended<J>[] = [];
  #reports: JobReport<J>[] = [];
  readonly #pulse = new Pulse();
  #stopped = false;

  constructor(open: () => Promise<LoadedRegistry>, concurrency: number) {
    this.#open = open;
    this.concurrency = concurrency;
  }

  get ready(): boolean {
    return this.#registry !== undefined && !this.#stopped;
  }

  async start(on: PoolEvents<J>): Promise<Readonly<Record<string, PlainTaskOptions>>> {
    this.#on = on;
    this.#registry = await this.#open();
    this.#setup = await Setup.run(this.#registry.setup);
    return this.#registry.loadAll();
  }

  run(jobs: readonly J[]): void {
    this.#waiting.push(...jobs);
    this.#fill();
  }

  abort(job: J, code: AbortCode, message: string): boolean {
    const running = this.#running.get(job);
    if (running !== undefined) running.task.abort(new TaskAborted(code, message));
    else this.#waiting = this.takeBack().filter((waiting) => waiting !== job);
    return running !== undefined;
  }

  terminate(job: J, { code, message }: StopReason, verdict: Verdict): void {
    const running = this.#running.get(job);
    this.abort(job, code, message);
    if (running !== undefined) this.#end(job, running, verdict);
    else this.#report({ job, verdict, runtimeMs: 0 });
  }

  takeBack(): J[] {
    const unstarted = this.#waiting.slice(this.#next);
    this.#waiting = [];
    this.#next = 0;
    return unstarted;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.takeBack();
    for (const [job, running] of this.#running) {
      running.task.abort(new TaskAborted("WORKER_SHUTDOWN", "the worker stops"));
      this.#forget(job, running);
    }
    await this.#tearDown();
  }

  async #tearDown(): Promise<void> {
    const over = this.#setup?.tearDown().then((errors) => {
      for (const error of errors) this.#on!.warning(error);
      return true;
    });
    if (over !== undefined && !(await boundedBy(TEAR_DOWN_MS, over))) this.#on!.warning(tearDownTooLong("worker"));
  }

  #fill(): void {
    while (this.#next < this.#waiting.length && this.#running.size - this.#joins.size < this.concurrency) {
      void this.#begin(this.#waiting[this.#next++]!);
    }
    if (this.#next === this.#waiting.length) {
      this.#waiting = [];
      this.#next = 0;
    }
  }

  async #begin(job: J): Promise<void> {
    const host = new InlineHost(
      (line) => this.#on!.log(job, line),
      <T>(wait: () => Promise<T>) => this.#join(job, wait),
    );
    const task = new RunningJob(job, host);
    const running = { task, startedAt: performance.now(), hardLimit: this.#limit(job) };
    this.#running.set(job, running);
    if (job.trackStarted) this.#on!.started(job);
    const loaded = this.#loaded.get(job.task) ?? (await this.#load(job.task));
    if ("definition" in loaded) host.reporting = this.#reporterOf(loaded, job);
    const verdict = "definition" in loaded ? await runJob(loaded, task, job) : loaded;
    if (this.#running.get(job) === running) this.#end(job, running, verdict);
  }

  /** A task, or how its jobs end because it cannot be loaded. */
  async #load(task: string): Promise<Executable | Verdict> {
    try {
      const executable = await this.#registry!.load(task);
      this.#loaded.set(task, executable);
      return executable;
    } catch (error) {
      return { kind: "failure", error: toRemoteError(error), expected: false };
    }
  }

  #reporterOf(executable: Executable, job: J): ProgressReporter | undefined {
    if (executable.definition.options.progress === undefined) return undefined;
    return ProgressReporter.of(executable, this.#pulse, this.#sinkOf(job));
  }

  #sinkOf(job: J): ReportSink {
    return {
      add: (state, value) => void this.#reports.push({ job, state, value }),
      flush: () => this.#tellReports(),
      warn: (message) => this.#on!.log(job, { level: "warn", message }),
    };
  }

  #tellReports(): void {
    if (this.#reports.length > 0) this.#on!.reported(this.#reports.splice(0));
  }

  #limit(job: J): NodeJS.Timeout | undefined {
    if (job.timeLimitMs === undefined || job.timeLimitMs > LONGEST_TIMER_MS) return undefined;
    return setTimeout(() => this.terminate(job, timeLimit(job), timeLimitExceeded(job)), job.timeLimitMs);
  }

  #end(job: J, running: Running, verdict: Verdict): void {
    this.#forget(job, running);
    if (this.#stopped) return;
    this.#report({ job, verdict, runtimeMs: performance.now() - running.startedAt });
  }

  #report(ended: Ended<J>): void {
    this.#ended.push(ended);
    this.#fill();
    // nothing follows that it could travel with
    if (this.#running.size === 0) this.#tell();
    else if (this.#ended.length === 1) setImmediate(() => this.#tell());
  }

  #tell(): void {
    this.#tellReports();
    if (this.#ended.length > 0) this.#on!.ended(this.#ended.splice(0));
  }

  #forget(job: J, running: Running): void {
    this.#running.delete(job);
    this.#joins.delete(job);
    clearTimeout(running.hardLimit);
    running.task.ended();
  }

  /** Joins may overlap; the slot is free from the first to the last. */
  async #join<T>(job: J, wait: () => Promise<T>): Promise<T> {
    this.#count(job, 1);
    try {
      return await wait();
    } finally {
      this.#count(job, -1);
    }
  }

  #count(job: J, by: 1 | -1): void {
    // n.b. a job that did not await its join has ended meanwhile
    if (!this.#running.has(job)) return;
    const before = this.#joins.get(job) ?? 0;
    const joins = before + by;
    if (joins > 0) this.#joins.set(job, joins);
    else this.#joins.delete(job);
    if (Math.min(before, joins) > 0) return;
    this.#on!.joining(job, joins > 0);
    if (joins > 0) this.#fill();
  }
}
