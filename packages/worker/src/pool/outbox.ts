import type { MessagePort } from "node:worker_threads";
import { pack, transferables } from "@taskgen/core/internal";
import type { Verdict } from "../verdict.js";
import { monotonicMs } from "./clock.js";
import type { LogLine } from "./pool.js";
import type { Report } from "./protocol.js";

/** The longest that anything waits to be told while other tasks of the thread compute. */
const PATIENCE_MS = 5;

type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer I)[] ? I[] : T[K] };

/** Gathers what a thread has to tell and posts it once per turn of the event loop, or earlier when the turn takes long. */
export class Outbox {
  readonly #port: MessagePort;
  #report = emptyReport();
  #bodies: Uint8Array[] = [];
  #scheduled = false;
  #lastFlush = 0;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  /** A turn of the event loop begins: what is added within the next milliseconds travels together. */
  beginTurn(now: number): void {
    this.#lastFlush = now;
  }

  /** `isLast`: nothing follows that it could travel with. */
  ended(key: number, runtimeMs: number, verdict: Verdict, isLast: boolean): void {
    if (verdict.kind === "success") {
      this.#report.keys.push(key);
      this.#report.runtimesMs.push(runtimeMs);
      this.#bodies.push(verdict.body);
    } else {
      this.#report.others.push([key, runtimeMs, verdict]);
    }
    if (isLast) this.flush();
    else this.#flushSoon();
  }

  /** Told at once: the function that runs next may block for long. */
  started(key: number): void {
    this.#report.started.push(key);
    this.flush();
  }

  log(key: number, line: LogLine): void {
    this.#report.logs.push([key, line]);
    this.#flushSoon();
  }

  joining(key: number, waiting: boolean): void {
    this.#report.joins.push([key, waiting]);
    this.#flushSoon();
  }

  flush(): void {
    this.#lastFlush = monotonicMs();
    const report = this.#report;
    if (isEmpty(report)) return;
    const bodies = this.#bodies.length === 0 ? undefined : pack(this.#bodies);
    this.#report = emptyReport();
    this.#bodies = [];
    this.#port.postMessage({ ...report, bodies } satisfies Report, bodies === undefined ? [] : transferables(bodies));
  }

  #flushSoon(): void {
    if (monotonicMs() - this.#lastFlush > PATIENCE_MS) return this.flush();
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.flush();
    });
  }
}

const emptyReport = (): Writable<Report> => ({
  kind: "report",
  started: [],
  logs: [],
  joins: [],
  keys: [],
  runtimesMs: [],
  bodies: undefined,
  others: [],
});

const isEmpty = ({ started, logs, joins, keys, others }: Report): boolean =>
  started.length + logs.length + joins.length + keys.length + others.length === 0;
