import type { AppOptions } from "@taskgen/core";
import { onTestFinished } from "vitest";
import type { Child } from "../support/child.js";
import { eventually } from "../support/eventually.js";
import { type HistoryEntry, History, lineOf, type TimedEntry } from "../support/history/entries.js";
import { TcpProxy } from "../support/tcp-proxy.js";
import { tempDir } from "../support/temp-dir.js";
import {
  type Circumstances,
  isReady,
  type Part,
  Producer,
  spawnPart,
  stop,
  type WorkerOptions,
} from "./fleet-processes.js";
import { HistoryFile } from "./history-file.js";
import type { Broker, Place, Server } from "./places.js";
import { readRest } from "./rest.js";

/** Of the suite's workers: short, so that a death is noticed soon; long enough for a machine that stands still now and then. */
export const LEASE_MS = 5_000;
/** How the suite's workers renew it. */
export const TIMES = { lease: `${LEASE_MS}ms`, heartbeat: "1s" } as const;

/** What no fault may make Node say of a process. */
const COMPLAINTS = /unhandled|uncaught|MaxListeners|DeprecationWarning/i;

/** So long the copies may take: those that died with workers run one after the other. */
const COPIES_MS = 120_000;

/** A broker, and the processes that use it, each with an append-only history in a file. */
export class Fleet {
  readonly place: Place;
  readonly broker: Broker;
  readonly #dir: string;
  readonly #own = new History(() => Date.now());
  readonly #parts: Part[] = [];
  readonly #histories: HistoryFile[] = [];
  readonly #gone = new Set<Part>();
  readonly #producers: Producer[] = [];

  private constructor(place: Place, broker: Broker, dir: string) {
    [this.place, this.broker, this.#dir] = [place, broker, dir];
  }

  /** A broker without any process that uses it. All is gone after the test. */
  static async start(place: Place, settings?: readonly string[]): Promise<Fleet> {
    return new Fleet(place, await place.open(settings), await tempDir());
  }

  /** The server that a fault is made on. */
  get server(): Server {
    if (this.broker.server === undefined) throw new Error(`${this.place.title} has no server`);
    return this.broker.server;
  }

  /** The server that keeps the results, where that is not the broker. */
  get store(): Server {
    if (this.broker.results === undefined) throw new Error(`${this.place.title} has no results of its own`);
    return this.broker.results.server;
  }

  /** A worker process; resolves when it consumes. `broker`: where it finds it, if not at the broker's own URL. */
  async worker(options: Partial<WorkerOptions> = {}): Promise<Part> {
    const part = this.spawnWorker(options);
    await isReady(part);
    return part;
  }

  /** The same without waiting for it. */
  spawnWorker({ app, worker, ...circumstances }: Partial<WorkerOptions> = {}): Part {
    const options: WorkerOptions = { app: { ...this.#urls, ...TIMES, ...app }, worker: worker ?? {} };
    return this.#spawn("worker", options, circumstances);
  }

  /** Many worker processes. */
  workers(count: number, options?: Partial<WorkerOptions>): Promise<Part[]> {
    return Promise.all(Array.from({ length: count }, () => this.worker(options)));
  }

  /** A process that calls tasks. */
  async producer(app: AppOptions = {}, circumstances: Circumstances = {}): Promise<Producer> {
    const part = this.#spawn("producer", { ...this.#urls, ...app }, circumstances);
    const producer = new Producer(part);
    this.#producers.push(producer);
    await isReady(part);
    return producer;
  }

  /** A network of its own for whoever uses `url`: faults of it are made with `proxy`. */
  async network(): Promise<{ readonly proxy: TcpProxy; readonly url: string }> {
    const proxy = await TcpProxy.start({ port: this.server.port });
    const url = new URL(this.broker.url);
    url.port = `${proxy.port}`;
    return { proxy, url: url.href };
  }

  /** Makes a fault; it is over when `act` ends. */
  async fault(what: string, act: () => Promise<unknown>): Promise<void> {
    this.note({ kind: "fault", by: "test", what: `begins: ${what}` });
    await act();
    this.note({ kind: "fault", by: "test", what: `ends: ${what}` });
  }

  /** SIGKILL of one process. */
  async kill(part: Part): Promise<void> {
    this.#gone.add(part);
    await part.child.kill();
    this.note({ kind: "process", by: part.name, what: "crashed" });
  }

  /** A process that is to end by itself, or has; resolves when it is gone, however it ended. */
  async ended(part: Part): Promise<Awaited<Child["exited"]>> {
    this.#gone.add(part);
    const exit = await part.child.exited;
    this.note({ kind: "process", by: part.name, what: exit.code === 0 ? "left" : "crashed" });
    return exit;
  }

  note(entry: HistoryEntry): void {
    this.#own.add(entry);
  }

  /** What all processes wrote until now, in the order of time. */
  history(): TimedEntry[] {
    const theirs = this.#histories.flatMap((file) => file.read());
    return [...theirs, ...this.#own.entries].toSorted((a, b) => a.at - b.at);
  }

  /** What processes wrote to their error output: nothing, unless something went wrong that nobody was told of. */
  complaints(): string[] {
    return this.#parts.flatMap(({ name, child }) => (child.stderr === "" ? [] : [`${name}: ${child.stderr}`]));
  }

  /** Resolves when so many tasks have started, by one process or by all. */
  async started(count: number, by?: Part): Promise<void> {
    const what = `${count} tasks begun by ${by?.name ?? "any worker"}`;
    await this.until(what, (entries) => {
      const starts = entries.filter((one) => one.kind === "start" && (by === undefined || one.by === by.name));
      return starts.length >= count;
    });
  }

  /** Resolves when the history is as wanted. */
  async until(what: string, holds: (entries: readonly TimedEntry[]) => boolean, withinMs = 60_000): Promise<void> {
    await eventually(() => holds(this.history()), { what, within: withinMs, every: 20 });
  }

  /** One of these workers that is in the middle of a task. */
  async busyOne(workers: readonly Part[]): Promise<Part> {
    const find = (): Part | undefined => workers.find(({ name }) => runningIn(this.history(), name).length > 0);
    return eventually(find, { what: "a busy worker", within: 60_000, every: 5 });
  }

  /**
   * From now on nothing is disturbed any more: the producers wait until they know what their calls came to, the workers stop,
   * and the broker tells what is left in it. n.b. where a broker may have taken a call twice, its second copy may still wait then
   */
  async finish(withinMs = 90_000): Promise<TimedEntry[]> {
    this.note({ kind: "calm" });
    const producers = this.#producers.filter(({ part }) => !this.#gone.has(part));
    await Promise.all(producers.map((producer) => producer.finish(withinMs)));
    const left = new Set(this.#producers.map(({ part }) => part));
    const workers = this.#parts.filter((part) => !this.#gone.has(part) && !left.has(part));
    if (!this.place.dedupe && workers.length > 0) await readRest(this.broker.url, COPIES_MS);
    const exits = await Promise.all(workers.map(stop));
    const unclean = exits.filter(({ code }) => code !== 0);
    if (unclean.length > 0) throw new Error(`${unclean.length} workers did not exit with 0 when told to stop`);
    const loud = this.#parts.find(({ child }) => COMPLAINTS.test(child.stderr));
    if (loud !== undefined) throw new Error(`${loud.name} wrote to its error output:\n${loud.child.stderr}`);
    this.note({ kind: "rest", ...(await readRest(this.broker.url)) });
    return this.history();
  }

  get #urls(): AppOptions {
    const { url, results } = this.broker;
    return results === undefined ? { broker: url } : { broker: url, backend: results.url };
  }

  /** Takes in another process, which is told to stop at the end; `start` gets its name and the file of its history. */
  join(kind: string, start: (name: string, history: string) => Part): Part {
    const name = `${kind}${this.#parts.length + 1}`;
    const part = start(name, `${this.#dir}/${name}.jsonl`);
    const file = new HistoryFile(part.history);
    this.#parts.push(part);
    this.#histories.push(file);
    onTestFinished(({ task }) => {
      if (task.result?.state === "fail") tell(part, file);
    });
    return part;
  }

  #spawn(fixture: string, options: object, circumstances: Circumstances): Part {
    return this.join(fixture, (name, history) => spawnPart(fixture, { name, history }, options, circumstances));
  }
}

/** The runs that a process started and did not end. */
export function runningIn(history: readonly TimedEntry[], by: string): number[] {
  const open = new Set<number>();
  for (const entry of history) {
    if (entry.kind === "start" && entry.by === by) open.add(entry.run);
    if (entry.kind === "end") open.delete(entry.run);
  }
  return [...open];
}

/** What a process of a test that failed said and did last. */
function tell({ name, child }: Part, file: HistoryFile): void {
  const said = child.lines.slice(-10).map((line) => JSON.stringify(line));
  const did = file
    .read()
    .slice(-10)
    .map((entry) => lineOf(entry));
  console.error([name, ...said, ...did, child.stderr].join("\n"));
}
