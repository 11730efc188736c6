import { TransportError } from "@taskgen/core";
import type {
  Deadline,
  Delivery,
  Envelope,
  Fused,
  Fusing,
  QueueSpec,
  ResultBackend,
  SendOutcome,
  Settlement,
  SettleOutcome,
  Subscription,
  Transport,
  TransportCaps,
  TransportEvents,
  Unlisten,
} from "@taskgen/core/internal";
import { ModelDelivery, type Claim, type Consumer, type Session } from "./claim.js";
import type { ModelTransportOptions } from "./transport-options.js";
import { ModelSettling, unlessRefused } from "./settling.js";

/** A connection to the model broker: owns what is delivered to it, and can be cut. */
export class ModelTransport implements Transport, Fusing, Session {
  readonly caps: TransportCaps;
  readonly location = "simulation";
  readonly name: string;
  readonly #options: ModelTransportOptions;
  readonly #deliveries = new Map<Claim, ModelDelivery>();
  readonly #settling: ModelSettling;
  readonly #consumers = new Set<Consumer>();
  /** Deliveries that are on their way, by consumer. */
  readonly #inTransit = new Map<Consumer, number>();
  #isClosed = false;
  #isSuspended = false;

  constructor(options: ModelTransportOptions) {
    this.#options = options;
    this.#settling = new ModelSettling(options);
    this.name = options.name;
    this.caps = {
      durability: "this simulation",
      atomicRetry: options.atomicRetry,
      dedupe: options.dedupe,
      delay: { unitMs: 1, maxMs: Number.MAX_SAFE_INTEGER },
      priorities: 1,
      exactRedeliveries: true,
      maxBytes: 1_000_000,
    };
  }

  async start(on: TransportEvents): Promise<void> {
    this.#options.link.start(on);
  }

  async declare(_queues: readonly QueueSpec[]): Promise<void> {
    await this.#patiently(() => {});
  }

  async send(batch: readonly Envelope[], deadline: Deadline): Promise<readonly SendOutcome[]> {
    const { broker, link, mutant, time, faults } = this.#options;
    if (mutant === "sent-before-stored") {
      time.after(200, () => link.isUp && batch.forEach((envelope) => broker.send(envelope)));
      return batch.map(() => "stored");
    }
    const sent = link.request(
      () => batch.map((envelope) => unlessRefused(faults, () => broker.send(envelope))),
      deadline,
    );
    if (mutant !== "uncertain-told-certain") return sent;
    return sent.catch((error: TransportError) => {
      throw new TransportError(error.code, "simulated", { certain: true, retriable: false });
    });
  }

  async consume(queue: string, credit: number, onBatch: (batch: readonly Delivery[]) => void): Promise<Subscription> {
    const { broker } = this.#options;
    const consumer: Consumer = {
      ...{ session: this, queue, credit, owned: 0 },
      deliver: (claims) => this.#deliver(consumer, claims, onBatch),
    };
    await this.#patiently(() => {
      this.#consumers.add(consumer);
      if (!this.#isSuspended) broker.consume(consumer);
    });
    return {
      credit: (n) => {
        consumer.credit = n;
        void this.#patiently(() => broker.pump());
      },
      stop: () => this.#stop(consumer),
    };
  }

  async settle(batch: readonly Settlement[]): Promise<readonly SettleOutcome[]> {
    return this.#settling.finish(batch.map((settlement) => ({ settlement })));
  }

  fuse(results: ResultBackend): Fused | undefined {
    if (results !== this.#options.fusesWith) return undefined;
    return { finish: (batch) => this.#settling.finish(batch) };
  }

  async broadcast(topic: string, message: Uint8Array): Promise<void> {
    await this.#options.link.request(() => this.#options.broker.topics.broadcast(topic, message));
  }

  async listen(topic: string, onMessage: (message: Uint8Array) => void): Promise<Unlisten> {
    const {
      broker: { topics },
      link,
    } = this.#options;
    const listener = (message: Uint8Array): void => {
      if (link.isUp) link.tell(() => onMessage(message));
    };
    await link.request(() => topics.listen(topic, listener));
    return async () => topics.unlisten(topic, listener);
  }

  /** What it owns goes back, if the broker can be told; otherwise when the lease runs out. */
  async close(_deadline: Deadline): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { broker, link } = this.#options;
    this.#settling.close();
    this.suspend();
    if (link.isUp) broker.abandon(this, { died: false });
    link.close();
  }

  /** The broker takes it for dead: what it owned is redelivered. It learns that when it can be reached. */
  expire(): void {
    this.#options.broker.abandon(this, { died: true });
  }

  /** Nothing more is sent to it until `resume`. */
  suspend(): void {
    this.#isSuspended = true;
    for (const consumer of this.#consumers) this.#options.broker.cancel(consumer);
  }

  resume(): void {
    if (this.#isClosed) return;
    this.#isSuspended = false;
    for (const consumer of this.#consumers) this.#options.broker.consume(consumer);
  }

  lost(claim: Claim): void {
    const delivery = this.#deliveries.get(claim);
    this.#deliveries.delete(claim);
    const { link } = this.#options;
    if (delivery !== undefined) link.bring(() => delivery.lose());
  }

  #deliver(consumer: Consumer, claims: readonly Claim[], onBatch: (batch: readonly Delivery[]) => void): void {
    const { link, mutant } = this.#options;
    this.#inTransit.set(consumer, (this.#inTransit.get(consumer) ?? 0) + 1);
    const deliveries = claims.map((claim) => new ModelDelivery(claim, mutant));
    for (const delivery of deliveries) this.#deliveries.set(delivery.token, delivery);
    link.bring(() => {
      this.#inTransit.set(consumer, this.#inTransit.get(consumer)! - 1);
      onBatch(deliveries);
    });
  }

  async #stop(consumer: Consumer): Promise<void> {
    const { broker } = this.#options;
    await this.#patiently(() => {
      this.#consumers.delete(consumer);
      broker.cancel(consumer);
    });
    while ((this.#inTransit.get(consumer) ?? 0) > 0) await pause(1);
  }

  /** Tries until it succeeds: a real transport does so within itself. */
  async #patiently(effect: () => void): Promise<void> {
    while (!this.#isClosed) {
      try {
        return await this.#options.link.request(effect);
      } catch {
        await pause(RETRY_MS);
      }
    }
  }
}

const RETRY_MS = 100;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
