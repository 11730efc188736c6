import type { Delivery, OpenOptions, Subscription } from "../../transport.js";
import type { RedisDelivery } from "./delivery.js";
import { isPassing, toTransportError } from "./failure.js";
import { Heartbeat } from "./heartbeat.js";
import type { Hub } from "./hub.js";
import { Lease } from "./lease.js";
import { QueueConsumer } from "./queue-consumer.js";
import { putBack, Reason } from "./reaping.js";
import type { Session } from "./session.js";

export interface ConsumptionOptions {
  readonly open: OpenOptions;
  readonly report: (error: Error) => void;
  readonly release: (deliveries: readonly RedisDelivery[]) => Promise<unknown>;
}

type Act = (session: Session, consumer: QueueConsumer) => Promise<void> | undefined;

/** The queues that a transport consumes; one heartbeat for all of them. */
export class Consumption {
  readonly #hub: Hub;
  readonly #options: ConsumptionOptions;
  readonly #consumers = new Map<string, QueueConsumer>();
  readonly #heartbeat: Heartbeat;
  #timer: NodeJS.Timeout | undefined;
  #sweptAt = performance.now();

  constructor(hub: Hub, options: ConsumptionOptions) {
    this.#hub = hub;
    this.#options = options;
    const { leaseMs, heartbeatMs } = options.open;
    this.#heartbeat = new Heartbeat(
      { place: hub.connection.place, leaseMs, heartbeatMs },
      {
        renewed: (key, at) => this.#holderOf(key)?.lease.renewed(at),
        lapsed: (key) => this.#onLapsed(key),
        error: options.report,
      },
    );
  }

  get isConsuming(): boolean {
    return this.#consumers.size > 0;
  }

  async consume(queue: string, credit: number, onBatch: (batch: readonly Delivery[]) => void): Promise<Subscription> {
    this.#timer ??= setInterval(() => this.#tick(), this.#options.open.heartbeatMs).unref();
    return this.#consumerOf(queue).subscribe(credit, onBatch);
  }

  /** Goes on with another session. */
  renewed(): void {
    for (const consumer of this.#consumers.values()) if (consumer.lease.isEnrolled) consumer.pull();
    this.#eachEnrolled((session, consumer) => this.#renew(session, consumer));
  }

  /** Stops, and hands back what is owned, uncounted. Resolves when the server has done it. */
  async leave(session: Session | undefined): Promise<void> {
    clearInterval(this.#timer);
    const consumers = [...this.#consumers.values()];
    for (const consumer of consumers) consumer.close();
    const enrolled = session === undefined ? [] : consumers.filter(({ lease }) => lease.isEnrolled);
    const left = enrolled.map((consumer) => handBack(session!, consumer));
    const former = session === undefined ? [] : consumers.map((consumer) => consumer.former.putBack(session));
    await Promise.all([...left, ...former, this.#heartbeat.close()]);
  }

  /** Nothing is owned any more. */
  lose(): void {
    for (const consumer of this.#consumers.values()) {
      for (const delivery of consumer.disownAll()) delivery.lose();
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
    const enrolled = (): Promise<void> => this.#hold();
    const { failpoint } = ambient;
    const consumer = new QueueConsumer({
      connection,
      queue,
      keys,
      lease,
      closing,
      report,
      release,
      enrolled,
      failpoint,
    });
    this.#consumers.set(queue, consumer);
    return consumer;
  }

  #holderOf(key: string): QueueConsumer | undefined {
    return [...this.#consumers.values()].find(({ lease }) => lease.isEnrolled && lease.key === key);
  }

  /** Tells the heartbeat of all leases; resolves when it beats. */
  async #hold(): Promise<void> {
    if (this.#hub.closing.aborted) return;
    const enrolled = [...this.#consumers.values()].filter(({ lease }) => lease.isEnrolled);
    this.#heartbeat.renew(enrolled.map(({ lease }) => lease.key));
    await this.#heartbeat.begun();
  }

  #onLapsed(key: string): void {
    const consumer = this.#holderOf(key);
    if (consumer === undefined) return;
    this.#eachEnrolled((session, one) => (one === consumer ? this.#renew(session, one) : undefined));
  }

  /** Does what the heartbeat did not; now and then looks after others. */
  #tick(): void {
    const { leaseMs, heartbeatMs } = this.#options.open;
    const isSweep = performance.now() - this.#sweptAt >= Math.max(heartbeatMs, leaseMs / 3) - 1;
    if (isSweep) this.#sweptAt = performance.now();
    void this.#hold();
    this.#each((session, consumer) => consumer.former.putBack(session));
    this.#eachEnrolled(async (session, consumer) => {
      if (consumer.lease.isNeglected) await this.#renew(session, consumer);
      if (!isSweep) return;
      await Promise.all([this.#sweep(session, consumer), consumer.tidy(session)]);
    });
  }

  #eachEnrolled(act: Act): void {
    this.#each((session, consumer) => (consumer.lease.isEnrolled ? act(session, consumer) : undefined));
  }

  #each(act: Act): void {
    const { session } = this.#hub.connection;
    if (session === undefined || this.#hub.closing.aborted) return;
    for (const consumer of this.#consumers.values()) {
      act(session, consumer)?.catch((error: Error) => {
        // n.b. what is refused for now, as while a slot of a Cluster moves, is done with the next beat
        const isToldElsewhere = session.ended !== undefined || isPassing(error) || this.#hub.closing.aborted;
        if (!isToldElsewhere) this.#options.report(toTransportError(error, this.#hub.location));
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
    const reason = Reason.mayHaveDied;
    await Promise.all(dead.map(({ name }) => putBack(session, consumer.keys, { consumer: name, reason })));
  }
}

const handBack = (session: Session, { keys, lease: { consumer }, hand }: QueueConsumer): Promise<void> =>
  putBack(session, keys, { consumer, reason: hand.mayHoldStray ? Reason.leftInDoubt : Reason.left });
