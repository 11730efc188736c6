import type { Expectation } from "../../powers.js";
import type { ResultRecord } from "../../result-backend.js";
import { Waiters } from "../waiters.js";
import type { Membership } from "./membership.js";

/** Who in this process waits for which results. The process stays alive as long as somebody waits. */
export class ResultWaiters {
  readonly #membership: Membership;
  readonly #waiters: Waiters<ResultRecord>;
  /** Ids that the database thread does not know of yet; those of one tick travel together. */
  #fresh: string[] = [];

  constructor(membership: Membership) {
    this.#membership = membership;
    this.#waiters = new Waiters({
      wanted: (id) => this.#note(id),
      unwanted: (id) => membership.tell("unwait", { ids: [id] }),
      hold: () => membership.hold(),
    });
  }

  wait(id: string, signal?: AbortSignal): Promise<ResultRecord> {
    return this.#waiters.wait(id, signal);
  }

  expect(id: string): Expectation {
    return this.#waiters.expect(id);
  }

  collect(ids: readonly string[], told: (record: ResultRecord) => void, signal?: AbortSignal): Promise<void> {
    return this.#waiters.collect(ids, told, signal);
  }

  serve(records: readonly ResultRecord[]): void {
    for (const record of records) this.#waiters.serve(record.id, record);
  }

  /** Tells a new database thread who waits. */
  restart(): void {
    this.#fresh = [];
    this.#ask(this.#waiters.ids);
  }

  close(reason: Error): void {
    this.#waiters.dismiss(reason);
  }

  #note(id: string): void {
    if (this.#fresh.push(id) === 1) void this.#flush();
  }

  async #flush(): Promise<void> {
    await Promise.resolve();
    const ids = this.#fresh.filter((id) => this.#waiters.has(id));
    this.#fresh = [];
    this.#ask(ids);
  }

  #ask(ids: readonly string[]): void {
    if (ids.length === 0 || this.#membership.isClosed) return;
    this.#membership.request("wait", { ids }).catch((error: unknown) => this.#onFailure(ids, error));
  }

  /** After the death of a thread its successor is asked; any other failure is the end of the wait. */
  #onFailure(ids: readonly string[], error: unknown): void {
    if (this.#membership.isUp) for (const id of ids) this.#waiters.fail(id, error);
  }
}
