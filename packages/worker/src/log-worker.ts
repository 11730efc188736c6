import type { Logger } from "@taskgen/core";
import type { WorkerEvents } from "./events.js";
import { levelUpTo, lineOf, LOGGED_EVENTS, type LineOptions } from "./log-lines.js";
import type { LogFields, LogLevel } from "./pool/pool.js";
import type { Representations } from "./representations.js";

/** What of a worker is logged. */
export interface Logged {
  readonly on: <E extends keyof WorkerEvents>(event: E, listener: (event: WorkerEvents[E]) => void) => unknown;
  /** Told once, when the logger throws for the first time. */
  readonly warn: (error: Error) => void;
}

/** Writes a worker's events to a logger. An event that its level hides costs nothing. */
export function logWorker({ on, warn }: Logged, logger: Logger, show: Representations): void {
  const careful = new CarefulLogger(logger, warn);
  const how: LineOptions = { show, debug: careful.shows("debug") };
  for (const event of LOGGED_EVENTS) {
    // n.b. lines of tasks are the logger's to choose
    if (event !== "task-log" && !careful.shows(levelUpTo(event))) continue;
    on(event, (value) => {
      const { level, message, fields } = lineOf(event, value, how);
      careful.write(level, fields, message);
    });
  }
}

/** Keeps from its user what a logger throws. */
class CarefulLogger {
  readonly #logger: Logger;
  readonly #warn: (error: Error) => void;
  #warned = false;

  constructor(logger: Logger, warn: (error: Error) => void) {
    this.#logger = logger;
    this.#warn = warn;
  }

  shows(level: LogLevel): boolean {
    try {
      return this.#logger.isLevelEnabled?.(level) ?? level !== "debug";
    } catch (error) {
      this.#failed(error);
      return level !== "debug";
    }
  }

  write(level: LogLevel, fields: LogFields, message: string): void {
    try {
      this.#logger[level](fields, message);
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(cause: unknown): void {
    if (this.#warned) return;
    this.#warned = true;
    this.#warn(new Error("the worker's logger threw; what it throws from now on is not told", { cause }));
  }
}
