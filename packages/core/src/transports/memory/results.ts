import { ResultError } from "../../errors.js";
import type { Admission, Entrant, HeldSlot, Limiting, LimitRules, Turns } from "../../limiting.js";
import type { Collecting, Revocation, Revoking } from "../../powers.js";
import type { Registers, Swap } from "../../registers.js";
import type {
  PutOutcome,
  ResultBackend,
  ResultBackendCaps,
  ResultEvent,
  ResultRecord,
  SequencedEvent,
} from "../../result-backend.js";
import type { StreamChunk, Streaming, StreamPage, StreamPosition, StreamPull } from "../../streaming.js";
import type { TransportEvents } from "../../transport.js";
import type { Broker } from "./broker.js";
import type { BrokerLease } from "./broker-registry.js";
import type { ResultStore } from "./result-store.js";

/** Results within this process. "Foreign" readers are the other apps of the process: nobody else can reach the broker. */
export class MemoryResults implements ResultBackend, Collecting, Revoking, Registers, Limiting, Streaming {
  readonly caps: ResultBackendCaps = { foreignReads: true, durable: false };
  readonly location: string;
  readonly #lease: BrokerLease;
  #closed = false;

  constructor(lease: BrokerLease) {
    this.#lease = lease;
    this.location = lease.location;
  }

  /** Whether these results are kept by `broker`. */
  isOf(broker: Broker): boolean {
    return this.#lease.broker === broker;
  }

  async start(on: TransportEvents): Promise<void> {
    this.#open();
    on.state("up");
  }

  async put(batch: readonly ResultRecord[]): Promise<readonly PutOutcome[]> {
    const store = this.#open();
    return batch.map((record) => store.put(record));
  }

  async get(ids: readonly string[]): Promise<readonly (ResultRecord | undefined)[]> {
    const store = this.#open();
    return ids.map((id) => store.get(id));
  }

  async wait(id: string, signal?: AbortSignal): Promise<ResultRecord> {
    return await this.#open().wait(id, signal, this);
  }

  async collect(ids: readonly string[], told: (record: ResultRecord) => void, signal?: AbortSignal): Promise<void> {
    return this.#open().collect(ids, told, { signal, owner: this });
  }

  async forget(ids: readonly string[]): Promise<void> {
    const store = this.#open();
    for (const id of ids) store.forget(id);
  }

  async append(batch: readonly ResultEvent[]): Promise<void> {
    const { events } = this.#open();
    for (const event of batch) events.append(event);
  }

  async latest(ids: readonly string[]): Promise<readonly (SequencedEvent | undefined)[]> {
    const { events } = this.#open();
    return ids.map((id) => events.latest(id));
  }

  watch(id: string, after: number, signal: AbortSignal): AsyncIterable<SequencedEvent> {
    return this.#open().events.watch(id, after, { signal, owner: this });
  }

  async mark(batch: readonly Revocation[]): Promise<void> {
    const { revocations } = this.#open();
    for (const revocation of batch) revocations.add(revocation);
  }

  async marks(): Promise<readonly Revocation[]> {
    return this.#open().revocations.all();
  }

  async swap(batch: readonly Swap[]): Promise<readonly (string | undefined)[]> {
    const { registers } = this.#open();
    return batch.map((swap) => registers.swap(swap));
  }

  async admit(room: string, rules: LimitRules, batch: readonly Entrant[]): Promise<readonly Admission[]> {
    return this.#open().limits.admit(room, rules, batch);
  }

  async turns(room: string, rules: LimitRules, max: number): Promise<Turns> {
    return this.#open().limits.turns(room, rules, max);
  }

  async sent(room: string, ids: readonly string[]): Promise<void> {
    return this.#open().limits.sent(room, ids);
  }

  async leave(room: string, batch: readonly HeldSlot[]): Promise<boolean> {
    return this.#open().limits.leave(room, batch);
  }

  async rooms(): Promise<readonly string[]> {
    return this.#open().limits.rooms();
  }

  async renew(room: string, batch: readonly HeldSlot[]): Promise<void> {
    return this.#open().limits.renew(room, batch);
  }

  async push(chunk: StreamChunk): Promise<StreamPosition> {
    return this.#open().streams.push(chunk);
  }

  async drained(id: string, read: number, signal: AbortSignal): Promise<StreamPosition> {
    return this.#open().streams.drained(id, read, { signal, owner: this });
  }

  async pull(request: StreamPull, signal: AbortSignal): Promise<StreamPage> {
    return this.#open().streams.pull(request, { signal, owner: this });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#lease.broker.results.dismiss(this, this.#closedError());
    this.#lease.release();
  }

  #open(): ResultStore {
    if (this.#closed) throw this.#closedError();
    return this.#lease.broker.results;
  }

  #closedError(): ResultError {
    return new ResultError("RESULT_CLOSED", `the results at ${this.location} are closed`);
  }
}
