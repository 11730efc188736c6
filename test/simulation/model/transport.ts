import { TransportError } from "@taskgen/core";
import type {
  Deadline,
  Delivery,
  Envelope,
  Finish,
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
import type { Mutant } from "../mutants.js";
import type { VirtualTime } from "../virtual-time.js";
import type { ModelBroker } from "./broker.js";
import { ModelDelivery, type Claim, type Consumer, type Session } from "./claim.js";
import type { Faults } from "./faults.js";
import type { Link } from "./link.js";

/** What a transport of the simulation is made of. */
export interface ModelTransportOptions {
  readonly name: string;
  readonly broker: ModelBroker;
  readonly link: Link;
  readonly faults: Faults;
  readonly time: VirtualTime;
  /** Results and deliveries live in one store: they are stored in one step. */
  readonly fusesWith: ResultBackend | undefined;
  readonly dedupe: boolean;
  readonly atomicRetry: boolean;
  readonly mutant: Mutant | undefined;
}

/** A connection to the model broker: owns what is delivered to it, and can be cut. */
export class ModelTransport implements Transport, Fusing, Session {
  readonly caps: TransportCaps;
  readonly location = "simulation";
  readonly name: string;
  readonly #options: ModelTransportOptions;
  readonly #deliveries = new Map<Claim, ModelDelivery>();
  readonly #consumers = new Set<Consumer>();
  /** Deliveries that are on their way, by consumer. */
  readonly #inTransit = new Map<Consumer, number>();
  /** What a broken transport has told to be settled. */
  #unwritten: Finish[] = [];
  #isClosed = false;
  #isSuspended = false;

  constructor(options: ModelTransportOptions) {
    this.#options = options;
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
    const { broker, link, mutant, time } = this.#options;
    if (mutant === "sent-before-stored") {
      time.after(200, () => link.isUp && batch.forEach((envelope) => broker.send(envelope)));
      return batch.map(() => "stored");
    }
    const sent = link.request(() => batch.map((envelope) => this.#item(() => broker.send(envelope))), deadline);
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
    return this.#finish(batch.map((settlement) => ({ settlement })));
  }

  fuse(results: ResultBackend): Fused | undefined {
    if (results !== this.#options.fusesWith) return undefined;
    return { finish: (batch) => this.#finish(batch) };
  }

  async broadcast(topic: string, message: Uint8Array): Promise<void> {
    await this.#options.link.request(() => this.#options.broker.broadcast(topic, message));
  }

  async listen(topic: string, onMessage: (message: Uint8Array) => void): Promise<Unlisten> {
    const { broker, link } = this.#options;
    const listener = (message: Uint8Array): void => {
      if (link.isUp) link.tell(() => onMessage(message));
    };
    await link.request(() => broker.listen(topic, listener));
    return async () => broker.unlisten(topic, listener);
  }

  /** What it owns goes back, if the broker can be told; otherwise when the lease runs out. */
  async close(_deadline: Deadline): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { broker, link } = this.#options;
    this.#unwritten = [];
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
    const { link } = this.#options;
    this.#inTransit.set(consumer, (this.#inTransit.get(consumer) ?? 0) + 1);
    const deliveries = claims.map((claim) => new ModelDelivery(claim));
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

  async #finish(batch: readonly Finish[]): Promise<readonly SettleOutcome[]> {
    const { link, atomicRetry, mutant } = this.#options;
    if (this.#isClosed) return batch.map(() => "lost");
    if (!atomicRetry) await this.#copy(batch);
    if (mutant === "batch-dropped-on-close") return this.#writeLater(batch);
    const outcomes = await link.request(() => batch.map((finish) => this.#item(() => this.#apply(finish))));
    if (mutant === "settle-not-repeated") return outcomes.map((one) => (one instanceof Error ? "ok" : one));
    return mutant === "outcomes-swapped" ? outcomes.toReversed() : outcomes;
  }

  #apply({ settlement, record }: Finish): SettleOutcome {
    const { broker, atomicRetry, mutant, fusesWith } = this.#options;
    const last: Settlement = atomicRetry || settlement.to === "dead" ? settlement : { ...settlement, to: "done" };
    if (mutant !== "ack-before-result" || record === undefined) return broker.settle(last, record);
    void fusesWith?.put([record]);
    return broker.settle(last);
  }

  /** Where a retry is no single step: the next message is stored before the last one is dropped. */
  async #copy(batch: readonly Finish[]): Promise<void> {
    const { broker, link } = this.#options;
    const copies = batch.flatMap(({ settlement: { delivery, ...how } }) => {
      if ((how.to !== "retry" && how.to !== "release") || delivery.lost.aborted) return [];
      return [{ envelope: how.to === "retry" ? how.next : delivery.envelope, redeliveries: delivery.redeliveries }];
    });
    if (copies.length > 0) await link.request(() => copies.forEach((copy) => broker.enqueue(copy.envelope, copy)));
  }

  #writeLater(batch: readonly Finish[]): SettleOutcome[] {
    this.#unwritten.push(...batch);
    this.#options.time.after(500, () => {
      for (const finish of this.#unwritten.splice(0)) this.#apply(finish);
    });
    return batch.map(() => "ok");
  }

  /** One item of a batch may be refused where the others are not. */
  #item<T>(effect: () => T): T | TransportError {
    if (!this.#options.faults.refusesItem()) return effect();
    return new TransportError("BROKER_FULL", "simulated: one item is refused", { certain: true });
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
