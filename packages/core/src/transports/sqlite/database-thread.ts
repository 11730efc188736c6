import { Worker } from "node:worker_threads";
import type { Failure } from "./failure.js";
import { Gate } from "./gate.js";
import type { Location } from "./location.js";
import { SHUT_DOWN, type Report, type Request, type ThreadData } from "./protocol.js";

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

/** How long the end of the process waits for the threads to leave SQLite. */
const EXIT_MS = 1_000;
/** Those of the threads that live. */
const gates = new Set<Gate>();

function openGate(): Gate {
  if (gates.size === 0) process.once("exit", closeGates);
  const gate = new Gate();
  gates.add(gate);
  return gate;
}

function forgetGate(gate: Gate): void {
  gates.delete(gate);
  if (gates.size === 0) process.off("exit", closeGates);
}

function closeGates(): void {
  for (const gate of gates) gate.close(EXIT_MS);
}

/** Keeps a database thread running. */
export class DatabaseThread {
  readonly #location: Location;
  readonly #on: ThreadEvents;
  #worker: Worker | undefined;
  #gate = new Gate();
  #exited: Promise<void> = Promise.resolve();
  #restart: NodeJS.Timeout | undefined;
  #failure: Failure | undefined;
  /** How often it ended since it last worked; undefined before it first worked. */
  #failures: number | undefined;
  #requests: Request[] = [];
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
    this.#requests.push(request);
    this.#flush(transfers);
  }

  /** Posts it with what is posted next, at the latest when this turn of the event loop ends. */
  postSoon(request: Request): void {
    if (this.#requests.push(request) === 1) process.nextTick(() => this.#flush());
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
    this.#flush();
    this.#worker?.postMessage(SHUT_DOWN);
    await this.#exited;
  }

  /** After `close`: waits no longer; the thread ends by itself, and waits for no lock meanwhile. */
  abandon(): void {
    this.#isClosing = true;
    this.#gate.hurry();
    this.#worker?.unref();
  }

  #flush(transfers: readonly ArrayBuffer[] = []): void {
    const requests = this.#requests;
    this.#requests = [];
    if (requests.length > 0) this.#worker?.postMessage(requests, transfers);
  }

  #spawn(): void {
    this.#gate = openGate();
    const workerData: ThreadData = { location: this.#location, gate: this.#gate.buffer };
    const worker = new Worker(new URL("./thread.js", import.meta.url), {
      name: "taskgen-sqlite",
      workerData,
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
    if (report.kind === "refused" || report.kind === "replaced") this.#failure = report.failure;
    if (report.kind === "opened") this.#failures = 0;
    this.#on.report(report);
  }

  #onExit(): void {
    forgetGate(this.#gate);
    this.#worker = undefined;
    this.#requests = [];
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
