import type { ConsumeMessage } from "amqplib";
import { ResultError } from "../../errors.js";
import type { Collecting } from "../../powers.js";
import type {
  PutOutcome,
  ResultBackend,
  ResultBackendCaps,
  ResultEvent,
  ResultRecord,
  SequencedEvent,
} from "../../result-backend.js";
import type { Deadline, OpenOptions, TransportEvents } from "../../transport.js";
import { EventLog } from "../local-event-log.js";
import { within } from "../within.js";
import { Waiters } from "../waiters.js";
import { Connection } from "./connection.js";
import { dialer } from "./driver.js";
import { bornBefore } from "./id-time.js";
import { Names } from "./names.js";
import { eventOf, recordOf } from "./reply-message.js";
import { ReplyQueue } from "./reply-queue.js";
import { ReplySending } from "./reply-sending.js";
import { ReplyStore } from "./reply-store.js";
import { amqpSettings } from "./settings.js";
import { StateReport } from "./state-report.js";

/**
 * Results that are sent to the caller's process: only there they can be read, and there the first record of an id wins. Events
 * of a task are sent there too; those without an address stay in the process that appends them.
 */
export class RpcResults implements ResultBackend, Collecting {
  readonly caps: ResultBackendCaps = { foreignReads: false, durable: false };
  readonly location: string;
  readonly #now: () => number;
  readonly #consuming: Connection;
  readonly #sending: ReplySending;
  readonly #queue: ReplyQueue;
  readonly #store: ReplyStore;
  readonly #events: EventLog;
  readonly #waiters: Waiters<ResultRecord>;
  readonly #report = new StateReport();
  #lostAt = 0;
  #closing: Promise<void> | undefined;

  constructor(options: OpenOptions) {
    const settings = amqpSettings(options);
    const { now, random, createId } = options.ambient;
    const connection = { location: settings.location, dial: dialer(settings), random };
    this.location = settings.location;
    this.#now = now;
    const names = new Names(options.prefix);
    this.#store = new ReplyStore(now);
    this.#events = new EventLog(now);
    this.#consuming = new Connection(connection);
    this.#waiters = new Waiters({ hold: () => this.#consuming.hold() });
    this.#sending = new ReplySending({ settings, connection, names, report: this.#report.error, seal: options.seal });
    this.#queue = new ReplyQueue({
      connection: this.#consuming,
      type: settings.replyQueueType,
      name: () => names.reply(createId()),
      onReply: (message) => this.#arrived(message),
      onLost: () => this.#lost(),
      report: this.#report.error,
    });
    for (const one of [this.#consuming, this.#sending.connection]) this.#report.watch(one);
  }

  /** How many results no queue took: their callers are gone. */
  get unroutable(): number {
    return this.#sending.unroutable;
  }

  async start(on: TransportEvents): Promise<void> {
    this.#assertOpen();
    this.#report.start(on);
    // n.b. a reply that is faster than its queue would be gone
    await this.#consuming.during(() => this.#queue.open());
  }

  address(): string {
    return this.#queue.name;
  }

  /** Whoever stored first is known at the caller alone: for the results of others the outcome is `stored`. */
  async put(batch: readonly ResultRecord[]): Promise<readonly PutOutcome[]> {
    this.#assertOpen();
    const own = this.#queue.name;
    const far = batch.filter(({ replyTo }) => replyTo !== own);
    const outcomes = batch.map((record) => (record.replyTo === own ? this.#arrive(record) : "stored"));
    await this.#sending.send(far);
    return outcomes;
  }

  async get(ids: readonly string[]): Promise<readonly (ResultRecord | undefined)[]> {
    this.#assertOpen();
    return ids.map((id) => this.#store.get(id));
  }

  async wait(id: string, signal?: AbortSignal): Promise<ResultRecord> {
    this.#assertOpen();
    const record = signal?.aborted === true ? undefined : this.#find(id);
    return record ?? (await this.#waiters.wait(id, signal));
  }

  async collect(ids: readonly string[], told: (record: ResultRecord) => void, signal?: AbortSignal): Promise<void> {
    this.#assertOpen();
    signal?.throwIfAborted();
    const found = ids.map((id) => this.#find(id));
    for (const record of found) if (record !== undefined) told(record);
    const open = ids.filter((_, i) => found[i] === undefined);
    await this.#waiters.collect(open, told, signal);
  }

  async forget(ids: readonly string[]): Promise<void> {
    this.#assertOpen();
    for (const id of ids) {
      this.#store.forget(id);
      this.#events.forget(id);
    }
  }

  async append(batch: readonly ResultEvent[]): Promise<void> {
    this.#assertOpen();
    const isNear = ({ replyTo }: ResultEvent): boolean => replyTo === undefined || replyTo === this.#queue.name;
    for (const event of batch.filter(isNear)) this.#events.append(event);
    await this.#sending.sendEvents(batch.filter((event) => !isNear(event)));
  }

  async latest(ids: readonly string[]): Promise<readonly (SequencedEvent | undefined)[]> {
    this.#assertOpen();
    return ids.map((id) => this.#events.latest(id));
  }

  watch(id: string, after: number, signal: AbortSignal): AsyncIterable<SequencedEvent> {
    this.#assertOpen();
    return this.#events.watch(id, after, { signal, owner: this });
  }

  close(deadline: Deadline): Promise<void> {
    return (this.#closing ??= this.#close(deadline));
  }

  async #close(deadline: Deadline): Promise<void> {
    this.#report.close();
    this.#waiters.dismiss(this.#closedError());
    this.#events.dismiss(this, this.#closedError());
    this.#events.dispose();
    this.#store.dispose();
    await this.#consuming
      .during(() => within(this.#queue.remove(), deadline, () => this.#closedError()))
      .catch(() => {});
    this.#queue.close();
    await Promise.all([this.#consuming.close(deadline), this.#sending.close(deadline)]);
  }

  #arrived(message: ConsumeMessage): void {
    const record = recordOf(message);
    if (record !== undefined) return void this.#arrive(record);
    const event = eventOf(message);
    if (event !== undefined) this.#events.append(event);
  }

  #arrive(record: ResultRecord): PutOutcome {
    const outcome = this.#store.put(record);
    if (outcome === "stored") this.#waiters.serve(record.id, record);
    return outcome;
  }

  #lost(): void {
    this.#lostAt = this.#now();
    this.#waiters.dismiss(lost(`the reply queue at ${this.location} was lost, and what was in it`));
  }

  /** @throws ResultError `RESULT_LOST` */
  #find(id: string): ResultRecord | undefined {
    const record = this.#store.get(id);
    if (record !== undefined) return record;
    if (this.#store.wasDropped(id)) throw lost("too many results were not read");
    if (this.#lostAt > 0 && bornBefore(id, this.#lostAt)) throw lost(`the reply queue at ${this.location} was lost`);
    return undefined;
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw this.#closedError();
  }

  #closedError(): ResultError {
    return new ResultError("RESULT_CLOSED", `the results at ${this.location} are closed`);
  }
}

const lost = (why: string): ResultError =>
  new ResultError(
    "RESULT_LOST",
    `${why}; the task itself may have run. Use another result backend for results that must not be lost`,
  );
