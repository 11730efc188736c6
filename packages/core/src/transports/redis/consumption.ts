import type { Delivery, OpenOptions, Subscription } from "../../transport.js";
import type { RedisDelivery } from "./delivery.js";
import { queueKeys } from "./fetcher.js";
import type { Hub } from "./hub.js";
import { Lease } from "./lease.js";
import { QueueConsumer } from "./queue-consumer.js";
import { reap } from "./scripts.js";
import type { Session } from "./session.js";

export interface ConsumptionOptions {
  readonly open: OpenOptions;
  readonly report: (error: Error) => void;
  readonly release: (deliveries: readonly RedisDelivery[]) => Promise<unknown>;
}

/** The queues that a transport consumes; one heartbeat for all of them. */
export class Consumption {
  readonly #hub: Hub;
  readonly #options: ConsumptionOptions;
  readonly #consumers = new Map<string, QueueConsumer>();
  #heartbeat: NodeJS.Timeout | undefined;
  #sweptAt = performance.now();

  constructor(hub: Hub, options: ConsumptionOptions) {
    this.#hub = hub;
    this.#options = options;
  }

  consume(queue: string, credit: number, onBatch: (batch: readonly Delivery[]) => void): Promise<Subscription> {
    const { heartbeatMs } = this.#options.open;
    this.#heartbeat ??= setInterval(() => this.#beat(), heartbeatMs).unref();
    return this.#consumerOf(queue).subscribe(credit, onBatch);
  }

  /** Goes on with another session. */
  renewed(): void {
    for (const consumer of this.#consumers.values()) if (consumer.lease.isEnrolled) consumer.pull();
    this.#beat();
  }

  /** Stops, and hands back what is owned, uncounted. Resolves when the server has done it. */
  async leave(session: Session | undefined): Promise<void> {
    clearInterval(this.#heartbeat);
    const consumers = [...this.#consumers.values()];
    for (const consumer of consumers) consumer.close();
    if (session === undefined) return;
    const enrolled = consumers.filter(({ lease }) => lease.isEnrolled);
    const left = enrolled.map((consumer) => reapOne(session, consumer, consumer.lease.consumer, true));
    await Promise.all(left);
  }

  /** Nothing is owned any more. */
  lose(): void {
    for (const consumer of this.#consumers.values()) {
      for (const delivery of consumer.disown([...consumer.owned])) delivery.lose();
    }
  }

  #consumerOf(queue: string): QueueConsumer {
    const known = this.#consumers.get(queue);
    if (known !== undefined) return known;
    const { connection, closing } = this.#hub;
    const { report, release, open } = this.#options;
    const keys = this.#hub.keys.queue(queue);
    const { leaseMs, heartbeatMs, ambient } = open;
    const lease = new Lease({ keys, leaseMs, heartbeatMs, createName: ambient.createId });
    const consumer = new QueueConsumer({ connection, queue, keys, lease, closing, report, release });
    this.#consumers.set(queue, consumer);
    return consumer;
  }

  #beat(): void {
    const { session } = this.#hub.connection;
    if (session === undefined || this.#hub.closing.aborted) return;
    const { leaseMs, heartbeatMs } = this.#options.open;
    const isSweep = performance.now() - this.#sweptAt >= Math.max(heartbeatMs, leaseMs / 3) - 1;
    if (isSweep) this.#sweptAt = performance.now();
    for (const consumer of this.#consumers.values()) {
      if (!consumer.lease.isEnrolled) continue;
      const beaten = this.#renew(session, consumer).then(() => (isSweep ? this.#sweep(session, consumer) : undefined));
      beaten.catch((error: Error) => {
        if (session.ended === undefined && !this.#hub.closing.aborted) this.#options.report(error);
      });
    }
  }

  async #renew(session: Session, consumer: QueueConsumer): Promise<void> {
    const name = consumer.lease.consumer;
    const isAlive = await consumer.lease.renew(session);
    if (!isAlive && consumer.lease.consumer === name) consumer.lose();
  }

  /** Counts the consumers of a queue, and reaps those whose lease is over. */
  async #sweep(session: Session, consumer: QueueConsumer): Promise<void> {
    // n.b. ioredis makes an object of this reply
    const fields = (await session.call("hgetall", consumer.keys.consumers)) as Readonly<Record<string, Buffer>>;
    const others = Object.entries(fields)
      .filter(([name]) => !name.startsWith("#") && name !== consumer.lease.consumer)
      .map(([name, state]) => ({ name, reaped: state.toString() !== "1" }));
    if (others.length === 0) return void (consumer.peers = 1);
    const leases = (await session.call(
      "mget",
      ...others.map(({ name }) => consumer.keys.lease(name)),
    )) as (Buffer | null)[];
    const dead = others.filter(({ reaped }, i) => reaped || leases[i] === null);
    consumer.peers = 1 + others.length - dead.length;
    await Promise.all(dead.map(({ name }) => reapOne(session, consumer, name, false)));
  }
}

const reapOne = (session: Session, { keys }: QueueConsumer, name: string, left: boolean): Promise<unknown> =>
  session.script(reap, [...queueKeys(keys), keys.lease(name), keys.owned(name), keys.hand(name)], [name, left ? 1 : 0]);
