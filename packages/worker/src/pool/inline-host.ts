import type { TaskLog } from "@taskgen/core";
import type { ProgressReporter } from "../progress-reporter.js";
import { createTaskLog } from "../task-log.js";
import type { LogLine } from "./pool.js";
import type { JobHost } from "./running-job.js";

/** What the pool `inline` lends to one job. */
export class InlineHost implements JobHost {
  reporting: ProgressReporter | undefined;
  readonly join: JobHost["join"];
  readonly #write: (line: LogLine) => void;
  #log: TaskLog | undefined;

  constructor(write: (line: LogLine) => void, join: JobHost["join"]) {
    this.#write = write;
    this.join = join;
  }

  /** Made on first use: most tasks write nothing. */
  get log(): TaskLog {
    return (this.#log ??= createTaskLog(this.#write));
  }
}
