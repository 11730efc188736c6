import { Waiters } from "../waiters.js";
import { keepAlive } from "../keep-alive.js";
import type { PutOutcome, ResultRecord } from "../../result-backend.js";
import { EventLog } from "../local-event-log.js";
import { ExpiringMap } from "../expiring-map.js";
import { RegisterMap } from "../register-map.js";
import { Streams } from "../local-streams.js";
import { RevocationMap } from "../revocation-map.js";
import { Limits } from "./limits.js";

/** The first terminal record of each id, and who waits for it. */
export class ResultStore {
  readonly events: EventLog;
  readonly revocations: RevocationMap;
  readonly registers: RegisterMap;
  readonly limits: Limits;
  readonly streams: Streams;
  readonly #records: ExpiringMap<ResultRecord>;
  readonly #waiters = new Waiters<ResultRecord>({ hold: keepAlive });

  constructor(now: () => number) {
    this.#records = new ExpiringMap(now);
    this.events = new EventLog(now);
    this.revocations = new RevocationMap(now);
    this.registers = new RegisterMap(now);
    this.limits = new Limits(now);
    this.streams = new Streams(now);
  }

  put(record: ResultRecord): PutOutcome {
    if (this.#records.get(record.id) !== undefined) return "exists";
    this.#records.set(record.id, record, record.ttlMs);
    this.#waiters.serve(record.id, record);
    return "stored";
  }

  get(id: string): ResultRecord | undefined {
    return this.#records.get(id);
  }

  wait(id: string, signal: AbortSignal | undefined, owner: object): Promise<ResultRecord> {
    const record = signal?.aborted === true ? undefined : this.get(id);
    return record === undefined ? this.#waiters.wait(id, signal, owner) : Promise.resolve(record);
  }

  /** The same for many; each is told as it comes. */
  async collect(
    ids: readonly string[],
    told: (record: ResultRecord) => void,
    { signal, owner }: { readonly signal: AbortSignal | undefined; readonly owner: object },
  ): Promise<void> {
    signal?.throwIfAborted();
    const records = ids.map((id) => this.get(id));
    for (const record of records) if (record !== undefined) told(record);
    const open = ids.filter((_, i) => records[i] === undefined);
    await this.#waiters.collect(open, told, signal, owner);
  }

  forget(id: string): void {
    this.#records.delete(id);
    this.events.forget(id);
    this.streams.forget(id);
  }

  /** Rejects all that one result backend waits for. */
  dismiss(owner: object, reason: Error): void {
    this.#waiters.dismiss(reason, owner);
    this.events.dismiss(owner, reason);
    this.streams.dismiss(owner, reason);
  }

  dispose(): void {
    this.#records.dispose();
    this.events.dispose();
    this.revocations.dispose();
    this.registers.dispose();
    this.streams.dispose();
  }
}
