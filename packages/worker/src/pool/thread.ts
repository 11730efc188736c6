import { MessageChannel, Worker, type MessagePort, type ResourceLimits } from "node:worker_threads";
import type { AbortCode } from "@taskgen/core";
import { fromRemoteError, pack, transferables, unpack } from "@taskgen/core/internal";
import { Assignments } from "./assignments.js";
import { monotonicMs } from "./clock.js";
import { headOf, type Entry } from "./entry.js";
import type { Ended, Job, LogLine, PlainTaskOptions } from "./pool.js";
import type { FromThread, Report, ThreadData, ToThread } from "./protocol.js";
import { Board } from "./slots.js";

/** `terminate()` can wait for native code; after this the thread is given up. */
const TERMINATE_MS = 1_000;
/** A thread that lives so long did not die of its start. */
const PROVEN_MS = 10_000;

export interface ThreadOptions {
  readonly registryUrl: string;
  readonly capacity: number;
  readonly loadAll: boolean;
  readonly resourceLimits: ResourceLimits | undefined;
  /** Serves the thread's app calls. */
  readonly serveLink: (port: MessagePort) => void;
}

/** What a thread tells the pool. */
export interface ThreadEvents<J extends Job> {
  ready(thread: PoolThread<J>, tasks: Readonly<Record<string, PlainTaskOptions>> | undefined): void;
  ended(thread: PoolThread<J>, batch: readonly Ended<J>[]): void;
  started(job: J): void;
  log(job: J, line: LogLine): void;
  joining(thread: PoolThread<J>, job: J, waiting: boolean): void;
  /** A message crossed, either way. */
  posted(): void;
  /** It is gone or given up; what it was assigned and did not tell of is lost with it. */
  gone(thread: PoolThread<J>, error: Error): void;
}

/** A pool thread as the main thread sees it. */
export class PoolThread<J extends Job> {
  readonly capacity: number;
  readonly assigned = new Assignments<J>();
  /** Gets no more jobs: it is to be ended. */
  condemned = false;
  readonly #events: ThreadEvents<J>;
  readonly #worker: Worker;
  readonly #board = new Board();
  readonly #bornMs = monotonicMs();
  #pings = 0;
  #alive = (): boolean => true;
  #ready = false;
  #useful = false;
  #claimsSeen = 0;
  #error: Error | undefined;
  readonly #left = new AbortController();

  constructor(options: ThreadOptions, events: ThreadEvents<J>) {
    this.capacity = options.capacity;
    this.#events = events;
    this.#worker = startWorker(options, this.#board);
    this.#worker.on("message", (message: FromThread) => this.#receive(message));
    this.#worker.on(
      "error",
      (error: unknown) => (this.#error = error instanceof Error ? error : new Error(String(error))),
    );
    this.#worker.on("exit", (code) => this.#leave(this.#error ?? new Error(`it exited with code ${code}`)));
  }

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

  /** Whether it claimed nothing since this was last asked. */
  stalled(): boolean {
    const { claims } = this.#board;
    const stalled = claims === this.#claimsSeen;
    this.#claimsSeen = claims;
    return stalled;
  }

  post(entries: readonly Entry<J>[]): void {
    const { slots, ...placed } = this.assigned.place(entries);
    const args = pack(entries.map(({ job }) => job.args));
    this.#post({ kind: "jobs", ...placed, slots: slots.buffer, heads: entries.map(headOf), args }, transferables(args));
  }

  abort({ place }: Entry<J>, code: AbortCode, message: string): void {
    place!.slots.requestAbort(place!.index, code);
    this.#post({ kind: "abort", key: place!.key, code, message });
  }

  /** Asks its event loop for a sign of life; the function says whether it came. */
  ping(): () => boolean {
    const ping = ++this.#pings;
    this.#post({ kind: "ping", ping });
    return () => this.#board.pong >= ping;
  }

  /** Resolves when it has no jobs any more, or is gone. */
  async drained(): Promise<void> {
    const { signal } = this.#left;
    const gone = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    if (!signal.aborted) await Promise.race([this.assigned.emptied(), gone]);
  }

  /** Resolves to false when something native kept it alive for a second: it is given up then. */
  async terminate(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), TERMINATE_MS)));
    const ended = await Promise.race([this.#worker.terminate().then(() => true), late]);
    clearTimeout(timer);
    if (!ended) this.#worker.unref();
    this.#leave(this.#error ?? new Error(ended ? "it was terminated" : "it could not be terminated"));
    return ended;
  }

  #leave(error: Error): void {
    if (this.#left.signal.aborted) return;
    this.#ready = false;
    this.#left.abort();
    this.#events.gone(this, error);
  }

  #post(message: ToThread, transfer: readonly ArrayBuffer[] = []): void {
    this.#events.posted();
    this.#worker.postMessage(message, transfer);
  }

  #receive(message: FromThread): void {
    // n.b. one that could not be ended goes on talking
    if (this.#left.signal.aborted) return;
    if (message.kind === "report") return this.#read(message);
    if (message.kind === "ready") {
      this.#ready = true;
      return this.#events.ready(this, message.tasks);
    }
    this.#error = fromRemoteError(message.error);
    void this.terminate();
  }

  #read(report: Report): void {
    this.#events.posted();
    const of = (key: number, tell: (job: J) => void): void => {
      const entry = this.assigned.get(key);
      if (entry !== undefined) tell(entry.job);
    };
    for (const key of report.started) of(key, (job) => this.#events.started(job));
    for (const [key, line] of report.logs) of(key, (job) => this.#events.log(job, line));
    for (const [key, waiting] of report.joins) of(key, (job) => this.#events.joining(this, job, waiting));
    this.#end(report);
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
    this.#events.ended(this, ended);
  }
}

function startWorker(
  { registryUrl, capacity, loadAll, resourceLimits, serveLink }: ThreadOptions,
  board: Board,
): Worker {
  const link = new MessageChannel();
  const workerData: ThreadData = { registryUrl, capacity, loadAll, board: board.buffer, link: link.port2 };
  const limits = resourceLimits === undefined ? {} : { resourceLimits };
  const worker = new Worker(new URL("./child.js", import.meta.url), {
    workerData,
    transferList: [link.port2],
    ...limits,
  });
  serveLink(link.port1);
  return worker;
}
