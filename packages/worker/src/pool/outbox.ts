import { pack, transferables } from "@taskgen/core/internal";
import type { Verdict } from "../verdict.js";
import { monotonicMs } from "./clock.js";
import type { LogLine } from "./pool.js";
import type { FromChild, Report, Spent } from "./protocol.js";

/** The longest that anything waits to be told while other tasks of the thread compute. */
const PATIENCE_MS = 5;

/** Takes what a child says to the main thread. */
export interface ReportPort {
  postMessage(message: FromChild, transfer: readonly ArrayBuffer[]): void;
}

type Writable<T> = {
  -readonly [K in keyof T]: T[K] extends readonly (infer I)[] | undefined
    ? I[] | Exclude<T[K], readonly unknown[]>
    : T[K];
};

/** Gathers what a child has to tell and posts it once per turn of the event loop, or earlier when the turn takes long. */
export class Outbox {
  readonly #port: ReportPort;
  #report = emptyReport();
  #bodies: Uint8Array[] = [];
  #scheduled = false;
  #lastFlush = 0;

  constructor(port: ReportPort) {
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

  /** What a running job reports of itself; `flush` or its end has to follow. */
  progress(key: number, state: string, value: string): void {
    (this.#report.progress ??= []).push([key, state, value]);
  }

  joining(key: number, waiting: boolean): void {
    this.#report.joins.push([key, waiting]);
    this.#flushSoon();
  }

  /** It will not begin these jobs. */
  returned(keys: readonly number[]): void {
    this.#report.returned.push(...keys);
    this.#flushSoon();
  }

  /** It begins no more jobs. */
  spent(why: Spent): void {
    this.#report.spent = why;
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
  progress: undefined,
  joins: [],
  keys: [],
  runtimesMs: [],
  bodies: undefined,
  others: [],
  returned: [],
  spent: undefined,
});

const isEmpty = ({ started, logs, progress, joins, keys, others, returned, spent }: Report): boolean =>
  started.length + logs.length + joins.length + keys.length + others.length + returned.length === 0 &&
  spent === undefined &&
  progress === undefined;
