import { Worker } from "node:worker_threads";
import type { BeatReport, LeaseKeys, LeaseThreadData } from "./lease-thread.js";

/** What a heartbeat tells. */
export interface HeartbeatEvents {
  /** `at`: by `performance.now()`. */
  readonly renewed: (key: string, at: number) => void;
  readonly lapsed: (key: string) => void;
  readonly error: (error: Error) => void;
}

const RESTART_MS = 100;
const RESTART_MAX_MS = 30_000;
const PATIENCE_MS = 5_000;

/** Renews leases from a thread of its own, which a task that blocks this one does not stop. It keeps no process alive. */
export class Heartbeat {
  readonly #data: LeaseThreadData;
  readonly #on: HeartbeatEvents;
  #worker: Worker | undefined;
  #restart: NodeJS.Timeout | undefined;
  #keys: LeaseKeys = [];
  #failures = 0;
  #closed = false;
  #beating: Promise<void> | undefined;
  #onBeat: (() => void) | undefined;

  constructor(data: LeaseThreadData, on: HeartbeatEvents) {
    this.#data = data;
    this.#on = on;
  }

  /** The leases to renew from now on. The thread starts with the first one. */
  renew(keys: LeaseKeys): void {
    if (this.#closed || (keys.length === this.#keys.length && keys.every((key, i) => key === this.#keys[i]))) return;
    this.#keys = keys;
    if (this.#worker !== undefined) this.#worker.postMessage(keys);
    else if (this.#restart === undefined) this.#start();
  }

  /** Resolves when it renews what it was given, or that takes too long: then its owner must. */
  async begun(): Promise<void> {
    if (this.#closed || this.#worker === undefined) return;
    const late = setTimeout(() => this.#onBeat?.(), PATIENCE_MS);
    await (this.#beating ??= new Promise((resolve) => (this.#onBeat = resolve)));
    clearTimeout(late);
  }

  /** Resolves when the thread is gone. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#restart);
    this.#onBeat?.();
    await this.#worker?.terminate();
  }

  #start(): void {
    this.#restart = undefined;
    const url = new URL("./lease-thread.js", import.meta.url);
    const worker = new Worker(url, { name: "taskgen-redis-lease", workerData: this.#data, execArgv: [] });
    worker.on("message", (report: BeatReport) => this.#onReport(report));
    worker.on("error", (cause) => this.#onError(cause));
    worker.once("exit", () => this.#onExit());
    worker.unref(); // n.b. a listener of its messages would hold the process again
    worker.postMessage(this.#keys);
    this.#worker = worker;
  }

  #onReport({ at, renewed, lapsed }: BeatReport): void {
    this.#failures = 0;
    this.#onBeat?.();
    const age = Number(process.hrtime.bigint() / 1_000n) / 1_000 - at;
    for (const key of renewed) this.#on.renewed(key, performance.now() - age);
    for (const key of lapsed) this.#on.lapsed(key);
  }

  /** Told once: while there is none, the main thread renews. */
  #onError(cause: unknown): void {
    if (this.#failures > 0) return;
    const message =
      "the thread that renews leases failed; until there is another, a task that blocks may lose its lease";
    this.#on.error(new Error(message, { cause }));
  }

  #onExit(): void {
    this.#worker = undefined;
    this.#onBeat?.();
    if (this.#closed) return;
    const pause = Math.min(RESTART_MAX_MS, RESTART_MS * 2 ** this.#failures++);
    this.#restart = setTimeout(() => this.#start(), pause).unref();
  }
}
