import type { AbortCode } from "@taskgen/core";
import { fromRemoteError, unpack, type LinkPort } from "@taskgen/core/internal";
import { Assignments } from "./assignments.js";
import { boundedBy } from "./bounded-by.js";
import { monotonicMs } from "./clock.js";
import type { Entry } from "./entry.js";
import type { Ended, Job, JobReport, LogLine, PlainTaskOptions } from "./pool.js";
import type { ChildData, FromChild, Order, Report, Spent } from "./protocol.js";
import { TEAR_DOWN_MS, tearDownTooLong } from "./tear-down.js";

/** Ending one can wait for native code or the kernel; after this the child is given up. */
const TERMINATE_MS = 1_000;
/** A child that lives so long did not die of its start. */
const PROVEN_MS = 10_000;
/** A child with jobs whose event loop does not turn within this is not asked to tear down. */
const SIGN_OF_LIFE_MS = 1_000;

/** What a child is. */
export type ChildKind = "thread" | "process";

export interface ChildOptions extends ChildData {
  /** Serves the app calls of its tasks. */
  readonly serveLink: (port: LinkPort) => void;
}

/** What a child tells the pool. */
export interface ChildEvents<J extends Job> {
  ready(child: Child<J>, tasks: Readonly<Record<string, PlainTaskOptions>> | undefined): void;
  ended(child: Child<J>, batch: readonly Ended<J>[]): void;
  started(job: J): void;
  log(job: J, line: LogLine): void;
  reported(batch: readonly JobReport<J>[]): void;
  joining(child: Child<J>, job: J, waiting: boolean): void;
  /** It will not begin these; they are not assigned to it any more. */
  returned(child: Child<J>, entries: readonly Entry<J>[]): void;
  /** It begins no more jobs. */
  spent(child: Child<J>, why: Spent): void;
  /** When jobs began is known now that was not before. */
  began(): void;
  /** A message crossed, either way. */
  posted(): void;
  /** What it had set up was not torn down well. */
  tearDownFailed(error: Error): void;
  /** It is gone or given up; what it was assigned and did not tell of is lost with it. */
  gone(child: Child<J>, error: Error): void;
}

/** A thread or process of a pool as the main thread sees it. */
export abstract class Child<J extends Job> {
  abstract readonly kind: ChildKind;
  readonly capacity: number;
  readonly assigned = new Assignments<J>();
  /** Gets no more jobs: it ends when it has finished those it has, at the latest. */
  leaving = false;
  /** Is to be ended by force: what becomes of its jobs is not their fault. */
  condemned = false;
  protected readonly events: ChildEvents<J>;
  /** What it died of, once known. */
  protected error: Error | undefined;
  readonly #bornMs = monotonicMs();
  readonly #left = new AbortController();
  #alive = (): boolean => true;
  #ready = false;
  #useful = false;
  #tearsDown = false;
  #tearingDown: Promise<void> | undefined;
  #tornDown = (): void => {};

  constructor({ capacity }: ChildOptions, events: ChildEvents<J>) {
    this.capacity = capacity;
    this.events = events;
  }

  /** Whether it claimed nothing since this was last asked. */
  abstract stalled(): boolean;
  abstract post(entries: readonly Entry<J>[]): void;
  abstract abort(entry: Entry<J>, code: AbortCode, message: string): void;
  /** Asks its event loop for a sign of life; the function says whether it came. */
  abstract ping(): () => boolean;
  /** Resolves when it is gone. */
  protected abstract kill(): Promise<void>;
  /** It does not keep this process alive any more. */
  protected abstract abandon(): void;
  protected abstract order(order: Order): void;

  get ready(): boolean {
    return this.#ready;
  }

  /** It ended at least one job, or lived for long: it did not die of its start. */
  get proven(): boolean {
    return this.#useful || monotonicMs() - this.#bornMs > PROVEN_MS;
  }

  /** Its event loop stood still when it was suspected of that, and has not turned since. */
  get blocked(): boolean {
    return !this.#alive();
  }

  suspect(): void {
    if (!this.blocked) this.#alive = this.ping();
  }

  /** Resolves when it has no jobs any more, or is gone. */
  async drained(): Promise<void> {
    await Promise.race([this.assigned.emptied(), this.#gone()]);
  }

  /** Has it tear down what it had set up, in bounded time; it gets no more jobs. */
  tearDown(): Promise<void> {
    this.leaving = true;
    this.#tearingDown ??= this.#tearDown();
    return this.#tearingDown;
  }

  /** Resolves to false when it could not be ended within a second: it is given up then. */
  async terminate(): Promise<boolean> {
    const ended = await boundedBy(
      TERMINATE_MS,
      this.kill().then(() => true),
    );
    if (!ended) this.abandon();
    this.leave(this.error ?? new Error(ended ? "it was terminated" : "it could not be terminated"));
    return ended;
  }

  protected get left(): boolean {
    return this.#left.signal.aborted;
  }

  /** To be called when it is gone. */
  protected leave(error: Error): void {
    if (this.left) return;
    this.#ready = false;
    this.#left.abort();
    this.events.gone(this, error);
  }

  /** To be called with each message of it. */
  protected receive(message: FromChild): void {
    // n.b. one that could not be ended goes on talking
    if (this.left) return;
    switch (message.kind) {
      case "report":
        return this.#read(message);
      case "ready":
        this.#ready = true;
        this.#tearsDown = message.tearsDown;
        return this.events.ready(this, message.tasks);
      case "torn-down":
        for (const error of message.errors) this.events.tearDownFailed(fromRemoteError(error));
        return this.#tornDown();
      case "failed":
        this.error = fromRemoteError(message.error);
        return void this.terminate();
      default:
        return message satisfies never;
    }
  }

  /** Takes these from it; the pool gives them to others. */
  protected giveBack(keys: readonly number[]): void {
    const entries = keys.flatMap((key) => this.assigned.get(key) ?? []);
    for (const entry of entries) this.assigned.remove(entry);
    if (entries.length > 0) this.events.returned(this, entries);
  }

  async #tearDown(): Promise<void> {
    if (!this.#tearsDown || this.left || this.condemned) return;
    const tornDown = new Promise<void>((resolve) => (this.#tornDown = resolve));
    const alive = this.ping();
    this.order({ kind: "tear-down" });
    const over = Promise.race([tornDown, this.#gone()]).then(() => true);
    if (this.assigned.size > 0 && !(await boundedBy(SIGN_OF_LIFE_MS, over)) && !alive()) return;
    if (await boundedBy(TEAR_DOWN_MS, over)) return;
    this.events.tearDownFailed(tearDownTooLong(`pool ${this.kind}`));
  }

  #gone(): Promise<void> {
    const { signal } = this.#left;
    return new Promise((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  #read(report: Report): void {
    this.events.posted();
    const of = (key: number, tell: (job: J) => void): void => {
      const entry = this.assigned.get(key);
      if (entry !== undefined) tell(entry.job);
    };
    for (const key of report.started) of(key, (job) => this.events.started(job));
    for (const [key, line] of report.logs) of(key, (job) => this.events.log(job, line));
    if (report.progress !== undefined) this.events.reported(this.#reports(report.progress));
    for (const [key, waiting] of report.joins) of(key, (job) => this.events.joining(this, job, waiting));
    this.#end(report);
    if (report.spent !== undefined) this.events.spent(this, report.spent);
    this.giveBack(report.returned);
  }

  #reports(progress: NonNullable<Report["progress"]>): JobReport<J>[] {
    return progress.flatMap(([key, state, value]) => {
      const entry = this.assigned.get(key);
      return entry === undefined ? [] : [{ job: entry.job, state, value }];
    });
  }

  #end({ keys, runtimesMs, bodies, others }: Report): void {
    const ended: Ended<J>[] = [];
    const end = (key: number, rest: Omit<Ended<J>, "job">): void => {
      const entry = this.assigned.get(key);
      // n.b. a job that exceeded its time limit was ended before
      if (entry === undefined) return;
      this.assigned.remove(entry);
      ended.push({ job: entry.job, ...rest });
    };
    const parts = bodies === undefined ? [] : unpack(bodies);
    keys.forEach((key, i) => end(key, { verdict: { kind: "success", body: parts[i]! }, runtimeMs: runtimesMs[i]! }));
    for (const [key, runtimeMs, verdict] of others) end(key, { verdict, runtimeMs });
    if (ended.length === 0) return;
    this.#useful = true;
    this.events.ended(this, ended);
  }
}
