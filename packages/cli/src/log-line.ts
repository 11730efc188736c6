import type { LogLevel } from "@taskgen/worker";
import { cleanLine, cleanText, maskCredentials } from "./clean-text.js";

/** One thing to log. */
export interface LogEntry {
  readonly event: string;
  readonly level: LogLevel;
  readonly message: string;
  /** Besides the message, for `--json`. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly stack?: string;
  /** Of the fields those that a line for people shows after the message. @default none */
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface LineWriterOptions {
  readonly level: LogLevel;
  /** One JSON object for each entry instead of a line for people. @default false */
  readonly json?: boolean | undefined;
  readonly print: (text: string) => void;
}

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const satisfies readonly LogLevel[];

const LABELS = { debug: "DEBUG", info: "INFO", warn: "WARNING", error: "ERROR" } as const satisfies Record<
  LogLevel,
  string
>;

/** Writes entries as lines; those of one turn of the event loop together. */
export class LineWriter {
  readonly #lowest: number;
  readonly #format: (entry: LogEntry) => string;
  readonly #print: (text: string) => void;
  readonly #clock = new Clock();
  #waiting = "";

  constructor({ level, json = false, print }: LineWriterOptions) {
    this.#lowest = LOG_LEVELS.indexOf(level);
    this.#format = json ? formatJson : (entry) => formatLine(entry, this.#clock.now());
    this.#print = print;
  }

  /** Whether entries of this level are written. */
  shows(level: LogLevel): boolean {
    return LOG_LEVELS.indexOf(level) >= this.#lowest;
  }

  write(entry: LogEntry): void {
    if (this.shows(entry.level)) this.announce(entry);
  }

  /** Writes an entry whatever its level. */
  announce(entry: LogEntry): void {
    if (this.#waiting === "") setImmediate(() => this.flush());
    this.#waiting += this.#format(entry);
  }

  /** Writes what waits; needed before the process exits. */
  flush(): void {
    if (this.#waiting !== "") this.#print(this.#waiting);
    this.#waiting = "";
  }
}

/** Celery's format: `[2026-11-22 06:57:31,781: INFO/MainProcess] message`. */
function formatLine({ level, message, stack, details = {} }: LogEntry, time: string): string {
  const shown = Object.entries(details).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
  const head = `[${time}: ${LABELS[level]}/MainProcess] ${cleanLine(maskCredentials(message + shown.join("")))}\n`;
  return stack === undefined ? head : `${head}${cleanText(maskCredentials(stack))}\n`;
}

function formatJson({ event, level, message, fields, stack }: LogEntry): string {
  // n.b. a task's own fields may have these names
  const own = { time: new Date().toISOString(), level, event, message };
  return `${maskCredentials(JSON.stringify({ ...own, ...fields, ...own, stack }))}\n`;
}

/** Local time as text; the part down to the second is made once a second. */
class Clock {
  #second = 0;
  #text = "";

  now(): string {
    const now = Date.now();
    const second = Math.floor(now / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#text = localTime(new Date(now));
    }
    return `${this.#text},${String(now % 1_000).padStart(3, "0")}`;
  }
}

function localTime(date: Date): string {
  const two = (part: number): string => String(part).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")}`;
}
