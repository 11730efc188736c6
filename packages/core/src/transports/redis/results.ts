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
import type { Deadline, OpenOptions, TransportEvents } from "../../transport.js";
import { EventLog } from "./event-log.js";
import { Hub } from "./hub.js";
import { Registers as RegisterStore } from "./registers.js";
import { Limits } from "./limits.js";
import { Revocations } from "./revocations.js";
import { ResultStore } from "./result-store.js";
import { ResultWaits } from "./result-waits.js";
import { Streams } from "./streams.js";
import { Subscriber } from "./subscriber.js";

/** Terminal records and events in a Redis. */
export class RedisResults implements ResultBackend, Collecting, Revoking, Registers, Limiting, Streaming {
  readonly caps: ResultBackendCaps = { foreignReads: true, durable: true };
  readonly location: string;
  readonly #hub: Hub;
  readonly #subscriber: Subscriber;
  readonly #store: ResultStore;
  readonly #waits: ResultWaits;
  readonly #events: EventLog;
  readonly #revocations: Revocations;
  readonly #registers: RegisterStore;
  readonly #limits: Limits;
  readonly #streams: Streams;
  readonly #address: string;

  constructor(options: OpenOptions) {
    this.#hub = new Hub(options, closedError);
    this.location = this.#hub.location;
    const client = options.ambient.createId();
    this.#address = this.#hub.keys.reply(client);
    this.#subscriber = new Subscriber(this.location);
    this.#store = new ResultStore(this.#hub);
    this.#waits = new ResultWaits(this.#hub, this.#subscriber, { store: this.#store, address: this.#address });
    this.#events = new EventLog(this.#hub, this.#subscriber, client);
    this.#revocations = new Revocations(this.#hub);
    this.#registers = new RegisterStore(this.#hub);
    this.#limits = new Limits(this.#hub);
    this.#streams = new Streams(this.#hub, this.#subscriber);
  }

  /** Whether messages of this hub and these results live on one server, where one script reaches both. */
  sharesStoreWith({ location, prefix, connection }: Hub): boolean {
    return location === this.location && prefix === this.#hub.prefix && !connection.place.cluster;
  }

  /**
   * Waits for the server for as long as it takes.
   * @throws TransportError when the server refuses; also a user that may not publish, who could tell nobody of a result.
   */
  async start(on: TransportEvents): Promise<void> {
    await this.#hub.join(on, (session) => {
      this.#subscriber.renew(session).catch(on.error);
    });
    await this.#hub.perform((session) => session.call("publish", this.#address, ""));
    this.#waits.begin();
  }

  address(): string {
    return this.#address;
  }

  async put(batch: readonly ResultRecord[]): Promise<readonly PutOutcome[]> {
    return this.#store.put(batch);
  }

  async get(ids: readonly string[]): Promise<readonly (ResultRecord | undefined)[]> {
    return this.#store.get(ids);
  }

  async wait(id: string, signal?: AbortSignal): Promise<ResultRecord> {
    this.#hub.open();
    return await this.#waits.wait(id, signal);
  }

  async collect(ids: readonly string[], told: (record: ResultRecord) => void, signal?: AbortSignal): Promise<void> {
    this.#hub.open();
    await this.#waits.collect(ids, told, signal);
  }

  async forget(ids: readonly string[]): Promise<void> {
    await Promise.all([this.#store.forget(ids), this.#events.forget(ids), this.#streams.forget(ids)]);
  }

  async append(batch: readonly ResultEvent[]): Promise<void> {
    await this.#events.append(batch);
  }

  async latest(ids: readonly string[]): Promise<readonly (SequencedEvent | undefined)[]> {
    return this.#events.latest(ids);
  }

  watch(id: string, after: number, signal: AbortSignal): AsyncIterable<SequencedEvent> {
    this.#hub.open();
    return this.#events.watch(id, after, signal);
  }

  async mark(batch: readonly Revocation[]): Promise<void> {
    await this.#revocations.add(batch);
  }

  async marks(): Promise<readonly Revocation[]> {
    return this.#revocations.all();
  }

  async swap(batch: readonly Swap[]): Promise<readonly (string | undefined)[]> {
    return this.#registers.swap(batch);
  }

  async admit(room: string, rules: LimitRules, batch: readonly Entrant[]): Promise<readonly Admission[]> {
    return this.#limits.admit(room, rules, batch);
  }

  async turns(room: string, rules: LimitRules, max: number): Promise<Turns> {
    return this.#limits.turns(room, rules, max);
  }

  async sent(room: string, ids: readonly string[]): Promise<void> {
    return this.#limits.sent(room, ids);
  }

  async leave(room: string, batch: readonly HeldSlot[]): Promise<boolean> {
    return this.#limits.leave(room, batch);
  }

  async rooms(): Promise<readonly string[]> {
    return this.#limits.rooms();
  }

  async renew(room: string, batch: readonly HeldSlot[]): Promise<void> {
    return this.#limits.renew(room, batch);
  }

  async push(chunk: StreamChunk): Promise<StreamPosition> {
    return this.#streams.push(chunk);
  }

  async drained(id: string, read: number, signal: AbortSignal): Promise<StreamPosition> {
    this.#hub.open();
    return this.#streams.drained(id, read, signal);
  }

  async pull(request: StreamPull, signal: AbortSignal): Promise<StreamPage> {
    this.#hub.open();
    return this.#streams.pull(request, signal);
  }

  async close(deadline: Deadline): Promise<void> {
    const left = this.#hub.leave(deadline, async () => this.#subscriber.close());
    this.#waits.close(closedError(this.location));
    this.#events.close(closedError(this.location));
    await left;
  }
}

const closedError = (location: string): ResultError =>
  new ResultError("RESULT_CLOSED", `the results at ${location} are closed`);
