import { availableParallelism } from "node:os";
import type { ResourceLimits } from "node:worker_threads";
import type { AbortCode, AnyApp } from "@taskgen/core";
import { internalsOf, LinkHost } from "@taskgen/core/internal";
import type { Verdict } from "../verdict.js";
import { Crew } from "./crew.js";
import { Dispatcher } from "./dispatcher.js";
import { createEntry, hasFinished, runtimeOf, type Entry } from "./entry.js";
import { separate, type Death } from "./fate.js";
import { HardLimits } from "./hard-limits.js";
import type { Ended, Job, PlainTaskOptions, Pool, PoolEvents, StopReason } from "./pool.js";
import { Retirements } from "./retire.js";
import { Solos } from "./solos.js";
import { PoolThread, type ThreadEvents, type ThreadOptions } from "./thread.js";
import { timeLimit, timeLimitExceeded } from "./time-limit.js";

/** Settings of a thread pool. */
export interface ThreadPoolOptions {
  /** The module that exports `registry`; every thread imports it. */
  readonly registryUrl: string;
  /** @default one for each core */
  readonly threads?: number | undefined;
  /** @default 10 */
  readonly concurrencyPerThread?: number | undefined;
  /** How long the jobs beside one that exceeded its time limit may go on before their thread is ended. @default 5,000 */
  readonly killGraceMs?: number | undefined;
  /** @default Node's own */
  readonly resourceLimits?: ResourceLimits | undefined;
  /** The worker's app: calls that tasks make to its broker go through its connection. @default none, each broker is opened */
  readonly app?: AnyApp | undefined;
}

const DEFAULTS = { concurrencyPerThread: 10, killGraceMs: 5_000 } as const satisfies Partial<ThreadPoolOptions>;

type Tasks = Readonly<Record<string, PlainTaskOptions>>;

/** Runs jobs in worker threads, which cannot keep the main thread from renewing its leases. */
export class ThreadPool<J extends Job> implements Pool<J> {
  readonly threads: number;
  readonly concurrency: number;
  /** How many messages crossed between the main thread and the others, either way. */
  readonly counters = { posts: 0 };
  readonly #options: ThreadPoolOptions;
  readonly #perThread: number;
  readonly #entries = new Map<J, Entry<J>>();
  readonly #crew: Crew<J>;
  readonly #solos: Solos<J>;
  readonly #dispatcher: Dispatcher<J>;
  readonly #limits: HardLimits<J>;
  readonly #link: LinkHost;
  readonly #retirements: Retirements<J>;
  #on: PoolEvents<J> | undefined;
  #started: { readonly resolve: (tasks: Tasks) => void; readonly reject: (error: Error) => void } | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: ThreadPoolOptions) {
    this.#options = options;
    this.threads = options.threads ?? availableParallelism();
    this.#perThread = options.concurrencyPerThread ?? DEFAULTS.concurrencyPerThread;
    this.concurrency = this.threads * this.#perThread;
    this.#link = new LinkHost({
      own: options.app && internalsOf(options.app),
      onError: (error) => this.#on!.warning(error),
    });
    this.#crew = new Crew({
      size: this.threads,
      open: () => this.#open({ capacity: this.#perThread }),
      onResume: () => this.#solos.fill(),
      onHopeless: (error) => this.#fail(error),
    });
    this.#solos = new Solos({
      max: this.threads,
      open: () => this.#open({ capacity: 1 }),
      close: (thread) => this.#close(thread, 0),
    });
    this.#retirements = new Retirements({
      onZombie: (error) => this.#on!.warning(error),
      onHopeless: (error) => this.#fail(error),
    });
    this.#dispatcher = new Dispatcher({ crew: this.#crew, solos: this.#solos });
    this.#limits = new HardLimits((entry) => this.#endNow(entry, timeLimit(entry.job), timeLimitExceeded(entry.job)));
  }

  get ready(): boolean {
    return this.#crew.ready.length > 0;
  }

  start(on: PoolEvents<J>): Promise<Tasks> {
    if (this.#stopping !== undefined) return Promise.reject(new Error("the pool was stopped"));
    this.#on = on;
    return new Promise((resolve, reject) => {
      this.#started = { resolve, reject };
      this.#crew.add(this.#open({ capacity: this.#perThread, loadAll: true }));
    });
  }

  run(jobs: readonly J[]): void {
    if (this.#stopping !== undefined) return;
    const entries = jobs.map(createEntry);
    for (const entry of entries) {
      this.#entries.set(entry.job, entry);
      this.#limits.watch(entry);
    }
    this.#dispatcher.dispatch(entries);
  }

  abort(job: J, code: AbortCode, message: string): boolean {
    const entry = this.#entries.get(job);
    if (entry === undefined) return false;
    const thread = this.#all.find(({ assigned }) => assigned.has(entry));
    if (thread !== undefined && !thread.assigned.takeOne(entry)) {
      entry.aborted = { code, message };
      thread.abort(entry, code, message);
      return true;
    }
    this.#dispatcher.drop(entry);
    this.#forget(entry);
    return false;
  }

  terminate(job: J, reason: StopReason, verdict: Verdict): void {
    const entry = this.#entries.get(job);
    // n.b. of one that has finished the verdict is on its way
    if (entry !== undefined && !hasFinished(entry)) this.#endNow(entry, reason, verdict);
  }

  takeBack(): readonly J[] {
    const taken = new Set(this.#dispatcher.take());
    // in the order in which they came
    const entries = [...this.#entries.values()].filter((entry) => taken.has(entry));
    for (const entry of entries) this.#forget(entry);
    return entries.map(({ job }) => job);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    for (const part of [this.#crew, this.#solos, this.#dispatcher, this.#limits]) part.stop();
    this.#started?.reject(new Error("the pool was stopped before it had started"));
    await Promise.all([...this.#all.map((thread) => thread.terminate()), this.#retirements.finished()]);
    this.#entries.clear();
    await this.#link.close();
  }

  get #all(): readonly PoolThread<J>[] {
    return [...this.#crew.threads, ...this.#solos.threads];
  }

  #open(options: Pick<ThreadOptions, "capacity"> & { readonly loadAll?: boolean }): PoolThread<J> {
    const { registryUrl, resourceLimits } = this.#options;
    const serveLink: ThreadOptions["serveLink"] = (port) => this.#link.serve(port);
    return new PoolThread({ loadAll: false, ...options, registryUrl, resourceLimits, serveLink }, this.#events);
  }

  readonly #events: ThreadEvents<J> = {
    ready: (thread, tasks) => this.#ready(thread, tasks),
    ended: (thread, batch) => this.#ended(thread, batch),
    started: (job) => this.#on!.started(job),
    log: (job, line) => this.#on!.log(job, line),
    joining: (thread, job, waiting) => {
      this.#solos.joining(thread, waiting);
      this.#on!.joining(job, waiting);
    },
    posted: () => void this.counters.posts++,
    gone: (thread, error) => this.#gone(thread, error),
  };

  #ready(thread: PoolThread<J>, tasks: Tasks | undefined): void {
    if (tasks !== undefined) this.#started?.resolve(tasks);
    this.#started = undefined;
    this.#crew.fill();
    this.#dispatcher.ready(thread);
  }

  #ended(thread: PoolThread<J>, batch: readonly Ended<J>[]): void {
    this.#crew.noteStart(undefined);
    this.#end(batch);
    this.#dispatcher.ended(thread, batch);
  }

  #end(batch: readonly Ended<J>[]): void {
    for (const { job } of batch) this.#forget(this.#entries.get(job)!);
    if (batch.length > 0) this.#on!.ended(batch);
  }

  #forget(entry: Entry<J>): void {
    this.#limits.forget(entry);
    this.#entries.delete(entry.job);
  }

  /** Its job ends now; the thread that runs it must go, for nothing else stops a function. */
  #endNow(entry: Entry<J>, { code, message }: StopReason, verdict: Verdict): void {
    const thread = this.#all.find(({ assigned }) => assigned.has(entry));
    const runtimeMs = runtimeOf(entry);
    if (thread === undefined) this.#dispatcher.drop(entry);
    else if (!thread.assigned.takeOne(entry)) {
      thread.abort(entry, code, message);
      thread.assigned.remove(entry);
      if (!thread.condemned) this.#close(thread, this.#graceOf(thread));
    }
    this.#end([{ job: entry.job, verdict, runtimeMs }]);
  }

  /** n.b. one that runs alone has no others to wait for. */
  #graceOf(thread: PoolThread<J>): number {
    return this.#solos.has(thread) ? 0 : (this.#options.killGraceMs ?? DEFAULTS.killGraceMs);
  }

  /** Ends a thread and lets others take its place. */
  #close(thread: PoolThread<J>, graceMs: number): void {
    thread.condemned = true;
    this.#dispatcher.dispatch(thread.assigned.take());
    this.#crew.fill();
    this.#retirements.begin(thread, graceMs);
  }

  #gone(thread: PoolThread<J>, error: Error): void {
    if (this.#stopping !== undefined) return;
    this.#solos.remove(thread);
    if (this.#started !== undefined) return this.#failStart(error);
    if (!thread.condemned) this.#noteDeath(thread, error);
    this.#relocate(thread, { condemned: thread.condemned, reason: error.message });
    this.#crew.replace(thread);
    if (!this.#crew.pausing) this.#solos.fill();
  }

  #fail(error: Error): void {
    if (this.#stopping === undefined) this.#on!.fatal(error);
  }

  #failStart(error: Error): void {
    this.#started!.reject(error);
    this.#started = undefined;
    void this.stop();
  }

  #noteDeath(thread: PoolThread<J>, cause: Error): void {
    this.#on!.warning(new Error(`a pool thread died: ${cause.message}`, { cause }));
    if (!thread.proven && thread.assigned.load.claimed === 0) this.#crew.noteStart(cause);
  }

  /** Gives the jobs of a thread that is gone to others, or ends them. */
  #relocate({ assigned }: PoolThread<J>, death: Death): void {
    const { entries } = assigned;
    const { again, ended } = separate(entries, death);
    for (const entry of entries) assigned.remove(entry);
    this.#dispatcher.dispatch(again);
    this.#end(ended);
  }
}
