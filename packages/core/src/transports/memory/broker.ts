import { TransportError } from "../../errors.js";
import type { DeadLetter, Finish, QueueDepth } from "../../powers.js";
import type { Delivery, Envelope, SendOutcome, SettleOutcome, Settlement } from "../../transport.js";
import type { Consumer, ConsumerOwner } from "./consumer.js";
import { Queue, type Clock } from "./queue.js";
import { ResultStore } from "./result-store.js";
import { Claim, StoredMessage } from "./stored-message.js";
import { Topics } from "./topics.js";

/** The largest body that is taken, as large as RabbitMQ takes by default. */
export const MAX_BYTES = 128 * 1024 * 1024;

/** Holds messages and results for all transports of one URL and prefix. Every method is one step that nothing divides. */
export class Broker {
  readonly results: ResultStore;
  readonly topics = new Topics();
  readonly #clock: Clock;
  readonly #messages = new Map<string, StoredMessage>();
  readonly #queues = new Map<string, Queue>();
  #sequence = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.results = new ResultStore(clock.now);
  }

  declare(name: string): Queue {
    const known = this.#queues.get(name);
    if (known !== undefined) return known;
    const queue = new Queue(name, this.#clock);
    this.#queues.set(name, queue);
    return queue;
  }

  send(envelope: Envelope): SendOutcome {
    if (envelope.body.length > MAX_BYTES) return tooLarge(envelope);
    if (this.#messages.has(envelope.id) || this.results.get(envelope.id) !== undefined) return "duplicate";
    const message = new StoredMessage(envelope, this.#sequence++);
    this.#messages.set(envelope.id, message);
    this.declare(envelope.queue).add(message);
    return "stored";
  }

  consume(
    owner: ConsumerOwner,
    queue: string,
    credit: number,
    onBatch: (batch: readonly Delivery[]) => void,
  ): Consumer {
    return this.declare(queue).consume(owner, credit, onBatch);
  }

  /** Each record is stored and each delivery settled, or neither. */
  finish(owner: object, batch: readonly Finish[]): SettleOutcome[] {
    const released: StoredMessage[] = [];
    const outcomes = batch.map(({ settlement, record }): SettleOutcome => {
      const claim = claimOf(owner, settlement.delivery);
      if (claim === undefined) return "lost";
      if (settlement.to === "retry" && settlement.next.body.length > MAX_BYTES) return tooLarge(settlement.next);
      if (record !== undefined) this.results.put(record);
      this.#apply(claim.message, settlement, released);
      return "ok";
    });
    this.#putBack(released);
    return outcomes;
  }

  /** Takes away all that a transport owns, back to the front of its queues. `died` counts it as a redelivery. */
  abandon(owner: object, { died }: { readonly died: boolean }): void {
    const claims = [...this.#messages.values()].flatMap((message) => message.claim ?? []);
    const abandoned = claims.filter((claim) => claim.claimant.owner === owner);
    for (const { message } of abandoned) {
      this.#queueOf(message).disown(message);
      if (died) message.redeliveries++;
    }
    this.#putBack(abandoned.map((claim) => claim.message));
    for (const claim of abandoned) claim.lose();
  }

  async dismiss(owner: ConsumerOwner): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.dismiss(owner)));
  }

  depths(): QueueDepth[] {
    return [...this.#queues.values()].map((queue) => queue.depth());
  }

  dead(queue: string, limit: number): DeadLetter[] {
    return this.#queues.get(queue)?.deadLetters.slice(0, limit) ?? [];
  }

  removeDead(queue: string, ids: readonly string[]): number {
    return this.#queues.get(queue)?.removeDead(new Set(ids)) ?? 0;
  }

  purge(queue: string): number {
    const removed = this.#queues.get(queue)?.drain() ?? [];
    for (const message of removed) this.#messages.delete(message.envelope.id);
    return removed.length;
  }

  dispose(): void {
    for (const queue of this.#queues.values()) queue.dispose();
    this.results.dispose();
  }

  #apply(message: StoredMessage, settlement: Settlement, released: StoredMessage[]): void {
    const queue = this.#queueOf(message);
    queue.disown(message);
    switch (settlement.to) {
      case "done":
        this.#messages.delete(message.envelope.id);
        break;
      case "retry":
        this.#replace(message, settlement.next);
        break;
      case "release":
        released.push(message);
        break;
      case "dead":
        this.#messages.delete(message.envelope.id);
        queue.deadLetters.push({ envelope: message.envelope, reason: settlement.reason, at: this.#clock.now() });
        break;
      default:
        settlement satisfies never;
    }
  }

  #replace(message: StoredMessage, next: Envelope): void {
    message.envelope = next;
    message.redeliveries = 0;
    message.seq = this.#sequence++;
    this.declare(next.queue).add(message);
  }

  #putBack(messages: readonly StoredMessage[]): void {
    if (messages.length === 0) return;
    for (const [queue, group] of groupByQueue(messages)) this.declare(queue).putBack(group);
  }

  #queueOf(message: StoredMessage): Queue {
    return this.declare(message.envelope.queue);
  }
}

/** The claim behind a delivery while it is valid and `owner`'s. */
function claimOf(owner: object, delivery: Delivery): Claim | undefined {
  const claim = delivery.token;
  return claim instanceof Claim && claim.message.claim === claim && claim.claimant.owner === owner ? claim : undefined;
}

function groupByQueue(messages: readonly StoredMessage[]): Map<string, StoredMessage[]> {
  const groups = new Map<string, StoredMessage[]>();
  for (const message of messages) {
    const group = groups.get(message.envelope.queue);
    if (group === undefined) groups.set(message.envelope.queue, [message]);
    else group.push(message);
  }
  return groups;
}

function tooLarge({ id, body }: Envelope): TransportError {
  return new TransportError(
    "PAYLOAD_TOO_LARGE",
    `the message ${id} has ${body.length} bytes; this transport takes ${MAX_BYTES}`,
    { certain: true },
  );
}
