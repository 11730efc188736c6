import { canExpect } from "../powers.js";
import type { ResultBackend, ResultRecord } from "../result-backend.js";
import { runningTask } from "../run/current-task.js";
import type { CodecLimits } from "../wire/limits.js";
import { readPlain } from "../wire/read-plain.js";
import type { GetOptions } from "./async-result.js";
import type { Connection } from "./connection.js";

/** Reads values that are plain JSON, as most are, for those who wait without conditions; `ResultReader` does all else. */
export class PlainReader {
  readonly #limits: CodecLimits;

  constructor(limits: CodecLimits) {
    this.#limits = limits;
  }

  /** Whether nothing but the end of the task ends a wait; within a task one has to say that one waits. */
  waits(options: GetOptions): boolean {
    return options.signal === undefined && options.timeout === undefined && runningTask() === undefined;
  }

  /** A wait that is begun while its call travels, where that is possible. */
  expect(
    id: string,
    { results, sent, options }: { results: ResultBackend; sent: Promise<unknown>; options: GetOptions },
  ): Promise<ResultRecord> | undefined {
    if (!this.waits(options) || !canExpect(results)) return undefined;
    const { record, cancel } = results.expect(id);
    sent.catch(cancel);
    return record;
  }

  /** `undefined`: it takes a `ResultReader`. */
  value({ state, body }: ResultRecord, { sealer }: Connection): { readonly value: unknown } | undefined {
    return state === "SUCCESS" && sealer === undefined ? readPlain(body, this.#limits) : undefined;
  }
}
