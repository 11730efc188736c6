import { Worker } from "node:worker_threads";
import type { Failure } from "./failure.js";
import type { Location } from "./location.js";
import { SHUT_DOWN, type Report, type Request } from "./protocol.js";

/** What happens to the thread. */
export interface ThreadEvents {
  readonly report: (report: Report) => void;
  /** It ended by itself: what it was asked for is not answered. */
  readonly died: (failure: Failure) => void;
  /** There is a new one, which knows nothing yet. */
  readonly restarted: () => void;
}

const RESTART_MS = 100;
const RESTART_MAX_MS = 5_000;

/** Keeps a database thread running. */
export class DatabaseThread {
  readonly #location: Location;
  readonly #on: ThreadEvents;
  #worker: Worker | undefined;
  #exited: Promise<void> = Promise.resolve();
  #restart: NodeJS.Timeout | undefined;
  #failure: Failure | undefined;
  /** How often it ended since it last worked; undefined before it first worked. */
  #failures: number | undefined;
  #isHeld = false;
  #isClosing = false;

  constructor(location: Location, on: ThreadEvents) {
    this.#location = location;
    this.#on = on;
    this.#spawn();
  }

  /** Whether there is a thread that can be asked. */
  get isUp(): boolean {
    return this.#worker !== undefined && !this.#isClosing;
  }

  post(request: Request, transfers: readonly ArrayBuffer[]): void {
    this.#worker?.postMessage(request, transfers);
  }

  /** Whether the process stays alive for it. */
  hold(isHeld: boolean): void {
    if (isHeld === this.#isHeld) return;
    this.#isHeld = isHeld;
    const handles = [this.#worker, this.#restart];
    for (const handle of handles) if (isHeld) handle?.ref();
    if (!isHeld) for (const handle of handles) handle?.unref();
  }

  /** Ends the thread when it has served what it was asked for. Resolves when it is gone. */
  async close(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#restart);
    this.#worker?.postMessage(SHUT_DOWN);
    await this.#exited;
  }

  /** Ends the thread now. */
  kill(): void {
    this.#isClosing = true;
    this.#worker?.unref();
    void this.#worker?.terminate();
  }

  #spawn(): void {
    const worker = new Worker(new URL("./thread.js", import.meta.url), {
      name: "taskgen-sqlite",
      workerData: this.#location,
      execArgv: [],
      // batches live for some milliseconds: a larger nursery saves copying them
      resourceLimits: { maxYoungGenerationSizeMb: 32 },
    });
    if (!this.#isHeld) worker.unref();
    worker.on("message", (report: Report) => this.#onReport(report));
    worker.on("error", (error) => (this.#failure = diedOf(error.message)));
    this.#exited = new Promise((resolve) => worker.once("exit", () => resolve()));
    worker.once("exit", () => this.#onExit());
    this.#worker = worker;
  }

  #onReport(report: Report): void {
    if (report.kind === "refused") this.#failure = report.failure;
    if (report.kind === "opened") this.#failures = 0;
    this.#on.report(report);
  }

  #onExit(): void {
    this.#worker = undefined;
    if (this.#isClosing) return;
    const failure = this.#failure ?? diedOf("it ended");
    this.#failure = undefined;
    if (this.#failures !== undefined) this.#scheduleRestart(this.#failures++);
    this.#on.died(failure);
  }

  #scheduleRestart(failures: number): void {
    const delay = Math.min(RESTART_MAX_MS, RESTART_MS * 2 ** failures);
    this.#restart = setTimeout(() => {
      this.#spawn();
      this.#on.restarted();
    }, delay);
    if (!this.#isHeld) this.#restart.unref();
  }
}

const diedOf = (reason: string): Failure => ({
  code: "BROKER_UNAVAILABLE",
  message: `the database thread ended unexpectedly: ${reason}`,
  certain: false,
  retriable: true,
});
