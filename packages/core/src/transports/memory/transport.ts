import { TransportError } from "../../errors.js";
import type { Losses } from "../../losses.js";
import type { DeadLetter, Fused, Fusing, Inspect, QueueDepth } from "../../powers.js";
import type { ResultBackend } from "../../result-backend.js";
import type {
  Delivery,
  Envelope,
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
import { type Broker, MAX_BYTES } from "./broker.js";
import type { BrokerLease } from "./broker-registry.js";
import type { ConsumerOwner } from "./consumer.js";
import { MemoryResults } from "./results.js";
import type { TopicListener } from "./topics.js";

const WITH_IT = "everything: it is within the process";
const LOSSES: Losses = {
  brokerKilled: WITH_IT,
  powerLoss: WITH_IT,
  machineGone: WITH_IT,
  noRoom: "everything: the process ends",
};

/** A transport within this process. Its broker is shared by all that open the same URL and prefix. */
export class MemoryTransport implements Transport, Fusing, Inspect, ConsumerOwner {
  readonly caps: TransportCaps = {
    durability: "this process",
    losses: LOSSES,
    atomicRetry: true,
    dedupe: true,
    delay: { unitMs: 1, maxMs: Number.MAX_SAFE_INTEGER },
    priorities: 10,
    exactRedeliveries: true,
    maxBytes: MAX_BYTES,
  };
  readonly location: string;
  readonly #lease: BrokerLease;
  readonly #unlisten = new Set<() => void>();
  #events: TransportEvents | undefined;
  #closed = false;

  constructor(lease: BrokerLease) {
    this.#lease = lease;
    this.location = lease.location;
  }

  async start(on: TransportEvents): Promise<void> {
    this.#open();
    this.#events = on;
    on.state("up");
  }

  async declare(queues: readonly QueueSpec[]): Promise<void> {
    for (const { name } of queues) this.#open().declare(name);
  }

  async send(batch: readonly Envelope[]): Promise<readonly SendOutcome[]> {
    const broker = this.#open();
    return batch.map((envelope) => broker.send(envelope));
  }

  async consume(queue: string, credit: number, onBatch: (batch: readonly Delivery[]) => void): Promise<Subscription> {
    return this.#open().consume(this, queue, credit, onBatch);
  }

  /** After closing nothing is owned: every outcome is `lost`. */
  async settle(batch: readonly Settlement[]): Promise<readonly SettleOutcome[]> {
    return this.#lease.broker.finish(
      this,
      batch.map((settlement) => ({ settlement })),
    );
  }

  async broadcast(topic: string, message: Uint8Array): Promise<void> {
    this.#open().topics.publish(topic, message);
  }

  async listen(topic: string, onMessage: TopicListener): Promise<Unlisten> {
    const { topics } = this.#open();
    const listener = this.#guard(onMessage);
    const unlisten = (): void => {
      topics.remove(topic, listener);
      this.#unlisten.delete(unlisten);
    };
    topics.add(topic, listener);
    this.#unlisten.add(unlisten);
    return async () => unlisten();
  }

  fuse(results: ResultBackend): Fused | undefined {
    const { broker } = this.#lease;
    if (!(results instanceof MemoryResults) || !results.isOf(broker)) return undefined;
    return { finish: async (batch) => broker.finish(this, batch) };
  }

  async depths(): Promise<readonly QueueDepth[]> {
    return this.#open().depths();
  }

  async dead(queue: string, limit: number): Promise<readonly DeadLetter[]> {
    return this.#open().dead(queue, limit);
  }

  async removeDead(queue: string, ids: readonly string[]): Promise<number> {
    return this.#open().removeDead(queue, ids);
  }

  async purge(queue: string): Promise<number> {
    return this.#open().purge(queue);
  }

  /** What was owned and not settled goes back to the front of its queue, uncounted. */
  async close(): Promise<void> {
    await this.#leave({ died: false });
  }

  /** Ends as a killed process does: what was owned is redelivered, one more redelivery counted. */
  async crash(): Promise<void> {
    await this.#leave({ died: true });
  }

  report(error: Error): void {
    this.#events?.error(error);
  }

  async #leave(how: { readonly died: boolean }): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const dismissed = this.#lease.broker.dismiss(this);
    for (const unlisten of this.#unlisten) unlisten();
    this.#lease.broker.abandon(this, how);
    this.#lease.release();
    await dismissed;
  }

  #open(): Broker {
    if (!this.#closed) return this.#lease.broker;
    throw new TransportError("TRANSPORT_CLOSED", `the transport ${this.location} is closed`, { certain: true });
  }

  #guard(onMessage: TopicListener): TopicListener {
    return (message) => {
      try {
        onMessage(message);
      } catch (error) {
        this.report(error instanceof Error ? error : new Error(String(error)));
      }
    };
  }
}
