import type {
  DeadLetter,
  Deadline,
  Delivery,
  Envelope,
  Fused,
  Fusing,
  Inspect,
  QueueDepth,
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

/** What is told of a transport's traffic. */
export interface TransportObserver {
  /** The broker has a message that it did not have before. */
  readonly sent: (envelope: Envelope) => void;
  /** A message waits for a time, epoch milliseconds. */
  readonly delayed: (id: string, until: number) => void;
  /** Something was sent or settled. */
  readonly changed: () => void;
}

/** A transport that tells what goes through it. */
export class ObservedTransport implements Transport, Fusing, Inspect {
  readonly caps: TransportCaps;
  readonly location: string;
  readonly #inner: Transport & Fusing & Inspect;
  readonly #observer: TransportObserver;

  constructor(inner: Transport & Fusing & Inspect, observer: TransportObserver) {
    this.#inner = inner;
    this.#observer = observer;
    this.caps = inner.caps;
    this.location = inner.location;
  }

  start(on: TransportEvents): Promise<void> {
    return this.#inner.start(on);
  }

  declare(queues: readonly QueueSpec[]): Promise<void> {
    return this.#inner.declare(queues);
  }

  async send(batch: readonly Envelope[], deadline: Deadline): Promise<readonly SendOutcome[]> {
    const outcomes = await this.#inner.send(batch, deadline);
    batch.forEach((envelope, i) => outcomes[i] === "stored" && this.#sent(envelope));
    this.#observer.changed();
    return outcomes;
  }

  consume(queue: string, credit: number, onBatch: (batch: readonly Delivery[]) => void): Promise<Subscription> {
    return this.#inner.consume(queue, credit, onBatch);
  }

  async settle(batch: readonly Settlement[]): Promise<readonly SettleOutcome[]> {
    const outcomes = await this.#inner.settle(batch);
    this.#tell(batch);
    return outcomes;
  }

  fuse(results: ResultBackend): Fused | undefined {
    const fused = this.#inner.fuse(results);
    if (fused === undefined) return undefined;
    return {
      finish: async (batch) => {
        const outcomes = await fused.finish(batch);
        this.#tell(batch.map(({ settlement }) => settlement));
        return outcomes;
      },
    };
  }

  broadcast(topic: string, message: Uint8Array): Promise<void> {
    return this.#inner.broadcast(topic, message);
  }

  listen(topic: string, onMessage: (message: Uint8Array) => void): Promise<Unlisten> {
    return this.#inner.listen(topic, onMessage);
  }

  depths(): Promise<readonly QueueDepth[]> {
    return this.#inner.depths();
  }

  dead(queue: string, limit: number): Promise<readonly DeadLetter[]> {
    return this.#inner.dead(queue, limit);
  }

  removeDead(queue: string, ids: readonly string[]): Promise<number> {
    return this.#inner.removeDead(queue, ids);
  }

  purge(queue: string): Promise<number> {
    return this.#inner.purge(queue);
  }

  close(deadline: Deadline): Promise<void> {
    return this.#inner.close(deadline);
  }

  #sent(envelope: Envelope): void {
    if (envelope.eta !== undefined) this.#observer.delayed(envelope.id, envelope.eta);
    this.#observer.sent(envelope);
  }

  #tell(settled: readonly Settlement[]): void {
    for (const one of settled)
      if (one.to === "retry" && one.next.eta !== undefined) this.#observer.delayed(one.next.id, one.next.eta);
    this.#observer.changed();
  }
}
