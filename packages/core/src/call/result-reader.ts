import type { ErrorClass } from "../define/task-options.js";
import type { ResultRecord } from "../result-backend.js";
import { Decoder } from "../wire/decoder.js";
import type { CodecLimits } from "../wire/limits.js";
import { decodeFailure } from "../wire/outcome.js";
import type { GetOptions } from "./async-result.js";
import { collectValues, type ValueSource } from "./collect-values.js";
import { ErrorRegistry } from "./error-registry.js";
import { ResultHandle, type HandleOptions } from "./result-handle.js";
import type { Settled } from "./settled.js";
import type { ResultOrigin } from "./stored-result.js";
import { TaskError, type TaskReference } from "./task-error.js";
import { waitFailure, type EndedWait } from "./wait-failure.js";

/** Reads what a result backend holds. Loads when there is something that a `PlainReader` does not read. */
export class ResultReader {
  readonly #decoder: Decoder;
  readonly #errors: ErrorRegistry;

  /** `errors`: classes of declared errors that come back as themselves. */
  constructor(limits: CodecLimits, errors: readonly ErrorClass[] = []) {
    this.#decoder = new Decoder(limits);
    this.#errors = new ErrorRegistry(errors, this.#decoder);
  }

  /** The result of one call. @throws ResultError `RESULT_NOT_STORED` */
  open<R>(options: Omit<HandleOptions, "reader">): ResultHandle<R> {
    return new ResultHandle({ ...options, reader: this });
  }

  /** The values of many. */
  all<R>(origins: readonly ResultOrigin[], from: Omit<ValueSource, "reader">, options: GetOptions): Promise<R[]> {
    return collectValues(origins, { ...from, reader: this }, options);
  }

  value(body: Uint8Array): unknown {
    return this.#decoder.decode(body);
  }

  /** The stack of a failure. */
  stack({ state, body }: ResultRecord): string | undefined {
    return state === "SUCCESS" ? undefined : decodeFailure(body).stack;
  }

  /** What the one who waited in vain is told. */
  failure(error: unknown, wait: EndedWait): unknown {
    return waitFailure(error, wait);
  }

  settled<R>({ state, body }: ResultRecord, task: TaskReference): Settled<R> {
    if (state === "SUCCESS") return { ok: true, state, value: this.value(body) as R };
    const remote = decodeFailure(body);
    const declared = state === "FAILURE" ? this.#errors.revive(remote) : undefined;
    if (declared !== undefined) return { ok: false, state: "FAILURE", declared: true, error: declared as never };
    return { ok: false, state, declared: false, error: new TaskError(task, state, remote) };
  }
}
