import type { ResultRecord } from "../result-backend.js";
import type { State } from "../state.js";
import { encodeFailure } from "../wire/outcome.js";
import type { AsyncResult } from "./async-result.js";
import type { Call } from "./call-message.js";
import type { Settled } from "./settled.js";
import type { ResultReader } from "./result-reader.js";

/** The result of a call that was not sent because another one stands for it: IGNORED, code `DUPLICATE_CALL`. */
export class EndedResult implements AsyncResult<unknown> {
  readonly id: string;
  readonly #settled: Settled<unknown>;

  constructor({ id, target }: Call, firstId: string, reader: ResultReader) {
    this.id = id;
    const message = `it was not sent: ${firstId} is the same call`;
    const body = encodeFailure({ name: "DuplicateCall", code: "DUPLICATE_CALL", message });
    const record: ResultRecord = { id, state: "IGNORED", body, ttlMs: 0 };
    this.#settled = reader.settled(record, { id, name: target.name });
  }

  async get(): Promise<unknown> {
    if (this.#settled.ok) return this.#settled.value;
    throw this.#settled.error;
  }

  async settled(): Promise<Settled<unknown>> {
    return this.#settled;
  }

  async status(): Promise<State> {
    return this.#settled.state;
  }

  async ready(): Promise<boolean> {
    return true;
  }

  async successful(): Promise<boolean> {
    return false;
  }

  async failed(): Promise<boolean> {
    return true;
  }

  async info(): Promise<undefined> {
    return undefined;
  }

  async traceback(): Promise<undefined> {
    return undefined;
  }

  async forget(): Promise<void> {
    // nothing is stored
  }

  async revoke(): Promise<void> {
    // nothing can run
  }
}
