import type { DeadLetter, Inspect, QueueDepth } from "../../powers.js";
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
import { within } from "../within.js";
import { Consuming } from "./consuming.js";
import { DELAY_UNIT_MS } from "./delay.js";
import { Diverter } from "./diverter.js";
import { dialer } from "./driver.js";
import { closedError } from "./failure.js";
import { lossesOf } from "./losses.js";
import { Names } from "./names.js";
import { Router } from "./router.js";
import { Sending } from "./sending.js";
import { type AmqpSettings, amqpSettings } from "./settings.js";
import { Settler } from "./settling.js";
import { StateReport } from "./state-report.js";
import { prioritiesOf } from "./versions.js";

/**
 * Messages on RabbitMQ 3.10 or later. It publishes by one connection and consumes by another, because a broker that is short
 * of memory stops reading what publishers write.
 */
export class AmqpTransport implements Transport, Inspect {
  readonly location: string;
  readonly #settings: AmqpSettings;
  readonly #failpoint: (name: string) => void;
  readonly #router: Router;
  readonly #sending: Sending;
  readonly #consuming: Consuming;
  readonly #settler: Settler;
  readonly #diverter: Diverter;
  readonly #report = new StateReport();
  #closing: Promise<void> | undefined;

  constructor(options: OpenOptions) {
    const settings = (this.#settings = amqpSettings(options));
    const { now, random, createId, failpoint } = options.ambient;
    this.location = settings.location;
    this.#failpoint = failpoint;
    const names = new Names(options.prefix);
    const router = (this.#router = new Router({ names, type: settings.queueType, now }));
    const shared = {
      settings,
      names,
      router,
      connection: { location: settings.location, dial: dialer(settings), random },
      report: this.#report.error,
    };
    const sending = (this.#sending = new Sending(shared));
    const settling = { send: sending.copy.bind(sending), now, owner: this };
    const diverter = (this.#diverter = new Diverter({ ...settling, report: this.#report.error }));
    const divert = diverter.divert.bind(diverter);
    const consuming = (this.#consuming = new Consuming({ ...shared, now, createId, owner: this, divert, failpoint }));
    this.#settler = new Settler({ ...settling, failpoint, doubt: () => consuming.doubt() });
    for (const { connection } of [this.#sending, this.#consuming]) this.#report.watch(connection);
  }

  /** Before the first connection: what every version can do. */
  get caps(): TransportCaps {
    const { queueType } = this.#settings;
    return {
      durability:
        queueType === "quorum"
          ? "power loss (quorum queues, publisher confirms)"
          : "restart (classic queues, publisher confirms)",
      losses: lossesOf(queueType),
      atomicRetry: false,
      dedupe: false,
      delay: { unitMs: DELAY_UNIT_MS, maxMs: Number.MAX_SAFE_INTEGER },
      priorities: prioritiesOf(queueType, this.#sending.abilities),
      exactRedeliveries: queueType === "quorum",
      maxBytes: this.#sending.maxBytes,
    };
  }

  async start(on: TransportEvents): Promise<void> {
    this.#assertOpen();
    this.#report.start(on);
    await this.#sending.connection.during(() => this.#sending.connection.session());
  }

  async declare(queues: readonly QueueSpec[]): Promise<void> {
    this.#assertOpen();
    await this.#consuming.declare(queues.map(({ name }) => name));
  }

  async send(batch: readonly Envelope[], deadline: Deadline): Promise<readonly SendOutcome[]> {
    this.#assertOpen();
    this.#failpoint("send.before");
    const outcomes = await this.#sending.send(batch, deadline);
    this.#failpoint("send.after");
    return outcomes;
  }

  async consume(queue: string, credit: number, onBatch: (batch: readonly Delivery[]) => void): Promise<Subscription> {
    this.#assertOpen();
    return this.#consuming.consume(queue, credit, onBatch);
  }

  /** After closing nothing is owned: every outcome is `lost`. */
  settle(batch: readonly Settlement[]): Promise<readonly SettleOutcome[]> {
    return this.#settler.settle(batch);
  }

  async broadcast(topic: string, message: Uint8Array): Promise<void> {
    this.#assertOpen();
    await this.#sending.broadcast(topic, message);
  }

  async listen(topic: string, onMessage: (message: Uint8Array) => void): Promise<Unlisten> {
    this.#assertOpen();
    return this.#consuming.listen(topic, onMessage);
  }

  /** Of the queues that this transport has met: declared, consumed, or sent to. */
  async depths(): Promise<readonly QueueDepth[]> {
    this.#assertOpen();
    return this.#consuming.inspection.depths(this.#router.queues);
  }

  async dead(queue: string, limit: number): Promise<readonly DeadLetter[]> {
    this.#assertOpen();
    return this.#consuming.inspection.dead(queue, limit);
  }

  async removeDead(queue: string, ids: readonly string[]): Promise<number> {
    this.#assertOpen();
    return this.#consuming.inspection.removeDead(queue, ids);
  }

  async purge(queue: string): Promise<number> {
    this.#assertOpen();
    return this.#consuming.inspection.purge(queue);
  }

  /** What was owned and not settled goes back to its queue, uncounted, as far as the broker takes it until the deadline. */
  close(deadline: Deadline): Promise<void> {
    return (this.#closing ??= this.#close(deadline));
  }

  async #close(deadline: Deadline): Promise<void> {
    this.#report.close();
    const handBack = (): Promise<void> => within(this.#handBack(), deadline, () => closedError(this.location));
    await this.#consuming.connection.during(handBack).catch(() => {});
    this.#diverter.close();
    await Promise.all([this.#consuming.close(deadline), this.#sending.close(deadline)]);
  }

  async #handBack(): Promise<void> {
    await this.#consuming.stop();
    const { owned } = this.#consuming;
    if (owned.length === 0) return;
    await this.#settler.settle(owned.map((delivery) => ({ delivery, to: "release" })));
    for (const delivery of owned) delivery.lose();
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw closedError(this.location);
  }
}
