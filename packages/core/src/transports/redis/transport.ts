import { TransportError } from "../../errors.js";
import type { DeadLetter, Finish, Fused, Fusing, Inspect, QueueDepth } from "../../powers.js";
import type { KeepingTime } from "../../broker-time.js";
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
import { groupBy } from "./chunks.js";
import { Consumption } from "./consumption.js";
import { Hub } from "./hub.js";
import { Inspection } from "./inspection.js";
import { KnownQueues } from "./known-queues.js";
import { RedisResults } from "./results.js";
import { MAX_BYTES, Sending } from "./sending.js";
import { ServerClock } from "./server-clock.js";
import { Settling } from "./settling.js";
import { Subscriber } from "./subscriber.js";
import { Topics } from "./topics.js";

/** Leased lists in a Redis: many processes of many machines. */
export class RedisTransport implements Transport, Fusing, Inspect, KeepingTime {
  readonly location: string;
  readonly #hub: Hub;
  readonly #failpoint: (name: string) => void;
  readonly #subscriber: Subscriber;
  readonly #queues: KnownQueues;
  readonly #sending: Sending;
  readonly #settling: Settling;
  readonly #consumption: Consumption;
  readonly #topics: Topics;
  readonly #inspection: Inspection;
  readonly #clock = new ServerClock();
  #events: TransportEvents | undefined;

  constructor(options: OpenOptions) {
    const hub = (this.#hub = new Hub(options, closedError));
    this.location = hub.location;
    this.#failpoint = options.ambient.failpoint;
    const report = (error: Error): void => this.#events?.error(error);
    this.#subscriber = new Subscriber(hub.location);
    this.#queues = new KnownQueues(hub.keys.queues);
    this.#sending = new Sending(hub, this.#queues, options.ambient.createId());
    this.#settling = new Settling({
      hub,
      queues: this.#queues,
      sending: this.#sending,
      limitMs: options.leaseMs,
      failpoint: this.#failpoint,
    });
    this.#consumption = new Consumption(hub, {
      open: options,
      report,
      release: (deliveries) => this.settle(deliveries.map((delivery) => ({ delivery, to: "release" }))),
    });
    this.#topics = new Topics(hub, this.#subscriber, report);
    this.#inspection = new Inspection(hub);
  }

  /** `durability` is known when the transport was started. On a Cluster an id is known only while its message is stored. */
  get caps(): TransportCaps {
    return {
      durability: this.#hub.connection.settings?.durability ?? "unknown until connected",
      losses: this.#hub.connection.settings?.losses,
      atomicRetry: !this.#hub.connection.place.cluster,
      dedupe: !this.#hub.connection.place.cluster,
      delay: { unitMs: 1, maxMs: Number.MAX_SAFE_INTEGER - Date.now() },
      priorities: 10,
      exactRedeliveries: true,
      maxBytes: MAX_BYTES,
    };
  }

  /**
   * Waits for the server for as long as it takes; `down` tells why.
   * @throws ConfigError when the server may throw messages away or is too old; TransportError when it refuses.
   */
  async start(on: TransportEvents): Promise<void> {
    this.#events = on;
    await this.#hub.join(on, (session) => {
      this.#consumption.renewed();
      if (this.#consumption.isConsuming) this.#clock.ask(session).catch(() => {}); // n.b. without an answer the last one holds
      this.#subscriber.renew(session).catch(on.error);
    });
  }

  async declare(queues: readonly QueueSpec[]): Promise<void> {
    this.#hub.open();
    if (queues.length === 0) return;
    const names = queues.map(({ name }) => name);
    await this.#hub.perform((session) => this.#queues.declare(session, names));
  }

  async send(batch: readonly Envelope[], deadline: Deadline): Promise<readonly SendOutcome[]> {
    const { callers } = this.#hub.open();
    if (deadline.aborted && batch.length > 0) throw this.#late();
    this.#failpoint("send.before");
    for (const [replyTo, group] of groupBy(batch, (envelope) => envelope.replyTo)) {
      if (replyTo !== undefined) callers.get(replyTo)?.(group.map(({ id }) => id));
    }
    const outcomes = await this.#sending.send(batch, deadline);
    this.#failpoint("send.after");
    return outcomes;
  }

  async consume(queue: string, credit: number, onBatch: (batch: readonly Delivery[]) => void): Promise<Subscription> {
    await this.#hub.perform((session) => this.#clock.ask(session));
    return this.#consumption.consume(queue, credit, onBatch);
  }

  async settle(batch: readonly Settlement[]): Promise<readonly SettleOutcome[]> {
    return this.#finish(batch.map((settlement) => ({ settlement })));
  }

  async broadcast(topic: string, message: Uint8Array): Promise<void> {
    await this.#topics.broadcast(topic, message);
  }

  async listen(topic: string, onMessage: (message: Uint8Array) => void): Promise<Unlisten> {
    return this.#topics.listen(topic, onMessage);
  }

  /** With results of the same server and prefix, unless it is a Cluster. */
  fuse(results: ResultBackend): Fused | undefined {
    const isSame = results instanceof RedisResults && results.sharesStoreWith(this.#hub);
    return isSame ? { finish: (batch) => this.#finish(batch) } : undefined;
  }

  async depths(): Promise<readonly QueueDepth[]> {
    return this.#inspection.depths();
  }

  async dead(queue: string, limit: number): Promise<readonly DeadLetter[]> {
    return this.#inspection.dead(queue, limit);
  }

  async removeDead(queue: string, ids: readonly string[]): Promise<number> {
    return this.#inspection.removeDead(queue, ids);
  }

  async purge(queue: string): Promise<number> {
    return this.#inspection.purge(queue);
  }

  get brokerTime(): number | undefined {
    return this.#clock.time;
  }

  /** How often something was handed to the socket for commands, by all that share the connection. */
  get roundTrips(): number {
    return this.#hub.connection.roundTrips;
  }

  /** What was owned and not settled goes back to the front of its queue, uncounted. */
  async close(deadline: Deadline): Promise<void> {
    await this.#hub.leave(deadline, async (session) => {
      this.#subscriber.close();
      await this.#consumption.leave(session);
    });
    this.#consumption.lose();
  }

  async #finish(batch: readonly Finish[]): Promise<readonly SettleOutcome[]> {
    this.#failpoint("settle.before");
    const outcomes = await this.#settling.finish(batch);
    this.#failpoint("settle.after");
    return outcomes;
  }

  #late(): TransportError {
    return new TransportError("BROKER_UNAVAILABLE", `${this.location}: the deadline is over`, { certain: true });
  }
}

const closedError = (location: string): TransportError =>
  new TransportError("TRANSPORT_CLOSED", `the transport ${location} is closed`, { certain: true });
