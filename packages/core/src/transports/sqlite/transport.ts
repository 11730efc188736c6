import { TransportError } from "../../errors.js";
import type { DeadLetter, Fused, Fusing, Inspect, QueueDepth } from "../../powers.js";
import type { ResultBackend } from "../../result-backend.js";
import type {
  Deadline,
  Delivery,
  Envelope,
  OpenOptions,
  QueueSpec,
  SendOutcome,
  SettleOutcome,
  Settlement,
  Subscription,
  Transport,
  TransportCaps,
  TransportEvents,
  Unlisten,
} from "../../transport.js";
import { packEnvelopes, toDeadLetter, transferBatch, unpackRows } from "./columns.js";
import { Consumption } from "./consumption.js";
import { Listeners } from "./listeners.js";
import type { Durability } from "./location.js";
import { lossesOf } from "./losses.js";
import { Membership } from "./membership.js";
import type { Counters, Push } from "./protocol.js";
import { SqliteResults } from "./results.js";
import { within } from "../within.js";

const MAX_BYTES = 64 * 1024 * 1024;

/** Durable messages for many processes of one machine, in a file. */
export class SqliteTransport implements Transport, Fusing, Inspect {
  readonly caps: TransportCaps;
  readonly location: string;
  readonly #membership: Membership;
  readonly #failpoint: (name: string) => void;
  readonly #consumption: Consumption;
  readonly #listeners: Listeners;
  #events: TransportEvents | undefined;

  constructor(options: OpenOptions) {
    this.#membership = new Membership(
      options,
      (location) => new TransportError("TRANSPORT_CLOSED", `the transport ${location} is closed`, { certain: true }),
    );
    this.#failpoint = options.ambient.failpoint;
    this.location = this.#membership.location;
    this.caps = capsOf(this.#membership.where.durability);
    const report = (error: Error): void => this.#events?.error(error);
    this.#consumption = new Consumption(this.#membership, checkSize, report);
    this.#listeners = new Listeners(this.#membership, report);
  }

  async start(on: TransportEvents): Promise<void> {
    this.#events = on;
    await this.#membership.join(on, { push: (push) => this.#onPush(push), restarted: () => this.#onRestart() });
  }

  async declare(queues: readonly QueueSpec[]): Promise<void> {
    await this.#membership.request("declare", { queues: queues.map(({ name }) => name) });
  }

  /** Rejects when the whole batch failed. */
  async send(batch: readonly Envelope[], deadline: Deadline): Promise<readonly SendOutcome[]> {
    this.#membership.open();
    const refused = batch.map(({ id, body }) => checkSize(id, body));
    const accepted = batch.filter((_, i) => refused[i] === undefined);
    if (deadline.aborted && accepted.length > 0) throw this.#late(true);
    this.#failpoint("send.before");
    const stored = (accepted.length === 0 ? [] : await this.#enqueue(accepted, deadline)).values();
    this.#failpoint("send.after");
    return refused.map((error) => error ?? (stored.next().value ? "stored" : "duplicate"));
  }

  async consume(queue: string, credit: number, onBatch: (batch: readonly Delivery[]) => void): Promise<Subscription> {
    return this.#consumption.consume(queue, credit, onBatch);
  }

  async settle(batch: readonly Settlement[]): Promise<readonly SettleOutcome[]> {
    return this.#finish(batch.map((settlement) => ({ settlement })));
  }

  async broadcast(topic: string, message: Uint8Array): Promise<void> {
    const copy = new Uint8Array(message);
    await this.#membership.request("broadcast", { topic, message: copy }, [copy.buffer]);
  }

  async listen(topic: string, onMessage: (message: Uint8Array) => void): Promise<Unlisten> {
    return this.#listeners.listen(topic, onMessage);
  }

  /** With results of the same file and prefix. */
  fuse(results: ResultBackend): Fused | undefined {
    const isSame = results instanceof SqliteResults && results.isIn(this.#membership);
    return isSame ? { finish: (batch) => this.#finish(batch) } : undefined;
  }

  async depths(): Promise<readonly QueueDepth[]> {
    return this.#membership.request("depths", {});
  }

  async dead(queue: string, limit: number): Promise<readonly DeadLetter[]> {
    return unpackRows(await this.#membership.request("dead", { queue, limit })).map(toDeadLetter);
  }

  async removeDead(queue: string, ids: readonly string[]): Promise<number> {
    return this.#membership.request("removeDead", { queue, ids });
  }

  async purge(queue: string): Promise<number> {
    return this.#membership.request("purge", { queue });
  }

  /** What the database thread did since it began, for all that share it. */
  async counters(): Promise<Counters> {
    return this.#membership.request("counters", {});
  }

  /** What was owned and not settled goes back to the front of its queue, uncounted. */
  async close(deadline: Deadline): Promise<void> {
    const left = this.#membership.leave(deadline);
    this.#consumption.close();
    await left;
    this.#consumption.lose();
  }

  async #enqueue(batch: readonly Envelope[], deadline: Deadline): Promise<readonly boolean[]> {
    const messages = packEnvelopes(batch);
    const transfers: ArrayBuffer[] = [];
    transferBatch(messages, transfers);
    return within(this.#membership.request("send", { messages }, transfers), deadline, () => this.#late(false));
  }

  async #finish(batch: Parameters<Fused["finish"]>[0]): Promise<readonly SettleOutcome[]> {
    this.#failpoint("settle.before");
    const outcomes = await this.#consumption.finish(batch);
    this.#failpoint("settle.after");
    return outcomes;
  }

  #onPush(push: Push): void {
    if (push.kind === "delivered") this.#failpoint("fetch.after");
    if (push.kind === "delivered") this.#consumption.delivered(push);
    else if (push.kind === "lost") this.#consumption.lose(push.owner);
    else if (push.kind === "heard") this.#listeners.heard(push.topic, push.message);
  }

  #onRestart(): void {
    this.#consumption.restart();
    this.#listeners.restart();
  }

  #late(certain: boolean): TransportError {
    return new TransportError("BROKER_UNAVAILABLE", `${this.location} did not answer before the deadline`, { certain });
  }
}

const capsOf = (durability: Durability): TransportCaps => ({
  durability:
    durability === "power-loss" ? "power loss (WAL, synchronous=FULL)" : "process crash (WAL, synchronous=NORMAL)",
  losses: lossesOf(durability),
  atomicRetry: true,
  dedupe: true,
  delay: { unitMs: 1, maxMs: Number.MAX_SAFE_INTEGER },
  priorities: 10,
  exactRedeliveries: true,
  maxBytes: MAX_BYTES,
});

function checkSize(id: string, { length }: Uint8Array): TransportError | undefined {
  if (length <= MAX_BYTES) return undefined;
  const message = `the message ${id} has ${length} bytes; this transport takes ${MAX_BYTES}`;
  return new TransportError("PAYLOAD_TOO_LARGE", message, { certain: true });
}
