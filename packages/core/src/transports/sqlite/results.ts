import { ResultError } from "../../errors.js";
import type { Admission, Entrant, HeldSlot, Limiting, LimitRules, Turns } from "../../limiting.js";
import type { Collecting, Expectation, Expecting, Revocation, Revoking } from "../../powers.js";
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
import { packRecords, toEvent, toRecord, transferBatch, unpackRows, type Batch } from "./columns.js";
import { EventWatch } from "./event-watch.js";
import { LimitRequests } from "./limit-requests.js";
import { Membership } from "./membership.js";
import type { Push } from "./protocol.js";
import type { RevocationPage } from "./revocations.js";
import { ResultWaiters } from "./result-waiters.js";
import { Streams } from "./streams.js";

/** Terminal records and events in a file, for all processes of one machine. */
export class SqliteResults implements ResultBackend, Collecting, Expecting, Revoking, Registers, Limiting, Streaming {
  readonly caps: ResultBackendCaps = { foreignReads: true, durable: true };
  readonly location: string;
  readonly #membership: Membership;
  readonly #waiters: ResultWaiters;
  readonly #watch: EventWatch;
  readonly #limits: LimitRequests;
  readonly #streams: Streams;

  constructor(options: OpenOptions) {
    this.#membership = new Membership(options, closedError);
    this.location = this.#membership.location;
    this.#waiters = new ResultWaiters(this.#membership);
    this.#watch = new EventWatch(this.#membership);
    this.#limits = new LimitRequests(this.#membership);
    this.#streams = new Streams(this.#membership);
  }

  /** Whether this is the same file and prefix. */
  isIn({ location, prefix }: Membership): boolean {
    return location === this.location && prefix === this.#membership.prefix;
  }

  async start(on: TransportEvents): Promise<void> {
    await this.#membership.join(on, {
      push: (push) => this.#onPush(push),
      restarted: () => this.#onRestart(),
      replaced: () => this.#waiters.close(lostError(this.location)),
    });
  }

  async put(batch: readonly ResultRecord[]): Promise<readonly PutOutcome[]> {
    if (batch.length === 0) return [];
    const records = packRecords(batch);
    const stored = await this.#membership.request("put", { records }, transfersOf(records));
    return stored.map((isNew) => (isNew ? "stored" : "exists"));
  }

  async get(ids: readonly string[]): Promise<readonly (ResultRecord | undefined)[]> {
    const records = unpackRows(await this.#membership.request("get", { ids })).map(toRecord);
    return byId(ids, records);
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

  async forget(ids: readonly string[]): Promise<void> {
    await this.#membership.request("forget", { ids });
  }

  async append(batch: readonly ResultEvent[]): Promise<void> {
    if (batch.length === 0) return;
    const events = packRecords(batch);
    await this.#membership.request("append", { events }, transfersOf(events));
  }

  async latest(ids: readonly string[]): Promise<readonly (SequencedEvent | undefined)[]> {
    const events = unpackRows(await this.#membership.request("latest", { ids })).map(toEvent);
    return byId(ids, events);
  }

  watch(id: string, after: number, signal: AbortSignal): AsyncIterable<SequencedEvent> {
    this.#membership.open();
    return this.#watch.watch(id, after, signal);
  }

  async mark(batch: readonly Revocation[]): Promise<void> {
    if (batch.length > 0) await this.#membership.request("mark", { revocations: batch });
  }

  async marks(): Promise<readonly Revocation[]> {
    const found: Revocation[] = [];
    let next: number | undefined = 0;
    // a page at a time: the thread serves others in between
    while (next !== undefined) {
      const page: RevocationPage = await this.#membership.request("marks", { after: next });
      for (const revocation of page.revocations) found.push(revocation);
      ({ next } = page);
    }
    return found;
  }

  async swap(swaps: readonly Swap[]): Promise<readonly (string | undefined)[]> {
    return swaps.length === 0 ? [] : this.#membership.request("swap", { swaps });
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
    return this.#streams.drained(id, read, signal);
  }

  async pull(request: StreamPull, signal: AbortSignal): Promise<StreamPage> {
    return this.#streams.pull(request, signal);
  }

  async close(deadline: Deadline): Promise<void> {
    const left = this.#membership.leave(deadline);
    this.#waiters.close(closedError(this.location));
    this.#watch.close(closedError(this.location));
    this.#streams.close(closedError(this.location));
    await left;
  }

  #onPush(push: Push): void {
    if (push.kind === "results") this.#waiters.serve(unpackRows(push.records).map(toRecord));
    else if (push.kind === "events") this.#watch.notify(push.ids);
    else if (push.kind === "heard") this.#streams.notify(push.topic);
  }

  #onRestart(): void {
    this.#waiters.restart();
    this.#watch.restart();
    this.#streams.restart();
  }
}

const closedError = (location: string): ResultError =>
  new ResultError("RESULT_CLOSED", `the results at ${location} are closed`);

const lostError = (location: string): ResultError =>
  new ResultError(
    "RESULT_LOST",
    `${location}: the database file was deleted or replaced while the result was awaited; the task itself may have run`,
  );

function transfersOf(batch: Batch): ArrayBuffer[] {
  const transfers: ArrayBuffer[] = [];
  transferBatch(batch, transfers);
  return transfers;
}

function byId<T extends { readonly id: string }>(ids: readonly string[], items: readonly T[]): (T | undefined)[] {
  const known = new Map(items.map((item) => [item.id, item]));
  return ids.map((id) => known.get(id));
}
