import { availableParallelism } from "node:os";
import type { AbortCode, AnyApp } from "@taskgen/core";
import { internalsOf, LinkHost } from "@taskgen/core/internal";
import type { Verdict } from "../verdict.js";
import { Autoscaler } from "./autoscaler.js";
import type { Child, ChildEvents, ChildKind } from "./child.js";
import { Crew } from "./crew.js";
import { Departures } from "./departures.js";
import { Dispatcher } from "./dispatcher.js";
import { createEntry, hasFinished, runtimeOf, type Entry } from "./entry.js";
import { PLURAL, stoppedBy } from "./fate.js";
import { HardLimits } from "./hard-limits.js";
import { openChild, type ChildSettings } from "./open-child.js";
import type { Autoscale, Ended, Job, PlainTaskOptions, Pool, PoolEvents, StopReason } from "./pool.js";
import { Solos } from "./solos.js";
import { timeLimit, timeLimitExceeded } from "./time-limit.js";

/** Settings of a pool of threads or processes. */
export interface ChildPoolOptions extends ChildSettings {
  /** @default one for each core */
  readonly children?: number | undefined;
  /** Instead of a fixed number of children. */
  readonly autoscale?: (Autoscale & { readonly keepAliveMs?: number | undefined }) | undefined;
  /** @default 10 */
  readonly concurrencyPerChild?: number | undefined;
  /** How long the jobs beside one that exceeded its time limit may go on before their child is ended. @default 5,000 */
  readonly killGraceMs?: number | undefined;
  /** The worker's app: calls that tasks make to its broker go through its connection. @default none, each broker is opened */
  readonly app?: AnyApp | undefined;
}

const DEFAULTS = { concurrencyPerChild: 10 } as const satisfies Partial<ChildPoolOptions>;

type Tasks = Readonly<Record<string, PlainTaskOptions>>;

/** Runs jobs in threads or processes, which cannot keep the main thread from renewing its leases. */
export class ChildPool<J extends Job> implements Pool<J> {
  /** How many messages crossed between the main thread and the children, either way. */
  readonly counters = { posts: 0 };
  readonly #options: ChildPoolOptions;
  readonly #kind: ChildKind;
  readonly #perChild: number;
  readonly #entries = new Map<J, Entry<J>>();
  readonly #crew: Crew<J>;
  readonly #solos: Solos<J>;
  readonly #dispatcher: Dispatcher<J>;
  readonly #limits: HardLimits<J>;
  readonly #autoscaler: Autoscaler | undefined;
  readonly #link: LinkHost;
  readonly #departures: Departures<J>;
  #on: PoolEvents<J> | undefined;
  #started: { readonly resolve: (tasks: Tasks) => void; readonly reject: (error: Error) => void } | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: ChildPoolOptions) {
    this.#options = options;
    this.#kind = options.kind ?? "thread";
    this.#perChild = options.concurrencyPerChild ?? DEFAULTS.concurrencyPerChild;
    const { autoscale, children = availableParallelism() } = options;
    this.#link = new LinkHost({
      own: options.app && internalsOf(options.app),
      onError: (error) => this.#on!.warning(error),
    });
    this.#crew = new Crew({
      // n.b. one is needed to load the tasks
      size: autoscale === undefined ? children : Math.max(1, autoscale.min),
      max: autoscale?.max ?? children,
      noun: PLURAL[this.#kind],
      open: () => this.#open(this.#perChild),
      onResume: () => this.#solos.fill(),
      onHopeless: (error) => this.#fail(error),
    });
    this.#solos = new Solos({
      max: autoscale?.max ?? children,
      open: () => this.#open(1),
      close: (child) => this.#departures.release(child),
    });
    this.#departures = new Departures({
      crew: this.#crew,
      solos: this.#solos,
      killGraceMs: options.killGraceMs,
      dispatch: (entries) => this.#dispatch(entries),
      end: (batch) => this.#end(batch),
      onWarning: (error) => this.#on!.warning(error),
      onHopeless: (error) => this.#fail(error),
    });
    this.#dispatcher = new Dispatcher({ crew: this.#crew, solos: this.#solos });
    this.#limits = new HardLimits((entry) => this.#endNow(entry, timeLimit(entry.job), timeLimitExceeded(entry.job)));
    this.#autoscaler = autoscale && this.#createAutoscaler(autoscale);
  }

  get children(): number {
    return this.#crew.size;
  }

  get concurrency(): number {
    const next = this.#options.autoscale === undefined || this.children >= this.#options.autoscale.max ? 0 : 1;
    return (this.children + next) * this.#perChild;
  }

  /** n.b. one that has shrunk to none grows as soon as a job comes. */
  get ready(): boolean {
    return this.#stopping === undefined && (this.#crew.size === 0 || this.#crew.ready.length > 0);
  }

  start(on: PoolEvents<J>): Promise<Tasks> {
    if (this.#stopping !== undefined) return Promise.reject(new Error("the pool was stopped"));
    this.#on = on;
    return new Promise((resolve, reject) => {
      this.#started = { resolve, reject };
      this.#crew.add(this.#open(this.#perChild, true));
    });
  }

  run(jobs: readonly J[]): void {
    if (this.#stopping !== undefined) return;
    const entries = jobs.map(createEntry);
    for (const entry of entries) {
      this.#entries.set(entry.job, entry);
      this.#limits.watch(entry);
    }
    this.#dispatch(entries);
  }

  abort(job: J, code: AbortCode, message: string): boolean {
    const entry = this.#entries.get(job);
    if (entry === undefined) return false;
    const child = this.#childOf(entry);
    if (child !== undefined && !child.assigned.takeOne(entry)) {
      entry.aborted = { code, message };
      child.abort(entry, code, message);
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
    for (const part of [this.#crew, this.#solos, this.#dispatcher, this.#limits, this.#autoscaler]) part?.stop();
    this.#started?.reject(new Error("the pool was stopped before it had started"));
    await Promise.all([...this.#all.map(end), this.#departures.finished()]);
    this.#entries.clear();
    await this.#link.close();
  }

  get #all(): readonly Child<J>[] {
    return [...this.#crew.children, ...this.#solos.children];
  }

  #childOf(entry: Entry<J>): Child<J> | undefined {
    return this.#all.find(({ assigned }) => assigned.has(entry));
  }

  #open(capacity: number, loadAll = false): Child<J> {
    const serveLink: LinkHost["serve"] = (port) => this.#link.serve(port);
    return openChild(this.#options, { capacity, loadAll, serveLink }, this.#events);
  }

  readonly #events: ChildEvents<J> = {
    ready: (child, tasks) => this.#ready(child, tasks),
    ended: (child, batch) => this.#ended(child, batch),
    started: (job) => this.#on!.started(job),
    log: (job, line) => this.#on!.log(job, line),
    reported: (batch) => this.#on!.reported(batch),
    joining: (child, job, waiting) => {
      this.#solos.joining(child, waiting);
      this.#on!.joining(job, waiting);
    },
    returned: (_, entries) => this.#returned(entries),
    spent: (child, why) => {
      if (this.#stopping === undefined) this.#departures.spent(child, why);
    },
    began: () => this.#limits.check(),
    posted: () => void this.counters.posts++,
    tearDownFailed: (error) => this.#on!.warning(error),
    gone: (child, error) => this.#gone(child, error),
  };

  #dispatch(entries: readonly Entry<J>[]): void {
    if (this.#stopping !== undefined) return;
    this.#dispatcher.dispatch(entries);
    this.#autoscaler?.watch();
  }

  /** Those that were told to stop before they began do not begin elsewhere. */
  #returned(entries: readonly Entry<J>[]): void {
    this.#dispatch(entries.filter(({ aborted }) => aborted === undefined));
    const stopped = entries.flatMap(({ job, aborted }) =>
      aborted === undefined ? [] : [{ job, verdict: stoppedBy(aborted), runtimeMs: 0, unbegun: true as const }],
    );
    this.#end(stopped);
  }

  #ready(child: Child<J>, tasks: Tasks | undefined): void {
    if (tasks !== undefined) this.#started?.resolve(tasks);
    this.#started = undefined;
    this.#crew.fill();
    this.#dispatcher.ready(child);
    this.#autoscaler?.watch();
  }

  #ended(child: Child<J>, batch: readonly Ended<J>[]): void {
    this.#crew.noteStart(undefined);
    this.#end(batch);
    this.#dispatcher.ended(child, batch);
  }

  #end(batch: readonly Ended<J>[]): void {
    for (const { job } of batch) this.#forget(this.#entries.get(job)!);
    if (batch.length > 0) this.#on!.ended(batch);
  }

  #forget(entry: Entry<J>): void {
    this.#limits.forget(entry);
    this.#entries.delete(entry.job);
  }

  /** Its job ends now; the child that runs it must go, for nothing else stops a function. */
  #endNow(entry: Entry<J>, { code, message }: StopReason, verdict: Verdict): void {
    const child = this.#childOf(entry);
    const runtimeMs = runtimeOf(entry);
    if (child === undefined) this.#dispatcher.drop(entry);
    else if (!child.assigned.takeOne(entry)) {
      child.abort(entry, code, message);
      child.assigned.remove(entry);
      if (!child.condemned) this.#departures.condemn(child);
    }
    this.#end([{ job: entry.job, verdict, runtimeMs }]);
  }

  #gone(child: Child<J>, error: Error): void {
    if (this.#stopping !== undefined) return;
    this.#solos.remove(child);
    if (this.#started !== undefined) return this.#failStart(error);
    this.#departures.gone(child, error);
  }

  #fail(error: Error): void {
    if (this.#stopping === undefined) this.#on!.fatal(error);
  }

  #failStart(error: Error): void {
    this.#started!.reject(error);
    this.#started = undefined;
    void this.stop();
  }

  #createAutoscaler(autoscale: NonNullable<ChildPoolOptions["autoscale"]>): Autoscaler {
    return new Autoscaler({
      ...autoscale,
      perChild: this.#perChild,
      waiting: () => this.#dispatcher.waiting,
      outstanding: () => this.#dispatcher.outstanding,
      size: () => this.#crew.size,
      resize: (size) => {
        for (const child of this.#crew.resize(size)) this.#departures.release(child);
        this.#on!.resized();
      },
    });
  }
}

async function end<J extends Job>(child: Child<J>): Promise<void> {
  await child.tearDown();
  await child.terminate();
}
