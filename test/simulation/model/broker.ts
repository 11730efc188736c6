import type { Envelope, ResultRecord, SendOutcome, Settlement, SettleOutcome } from "@taskgen/core/internal";
import type { History } from "../../support/history/entries.js";
import type { VirtualTime } from "../virtual-time.js";
import type { Mutant } from "../mutants.js";
import type { Random } from "../random.js";
import { Claim, type Consumer, type Message, type Session } from "./claim.js";
import { GivenMessages } from "./given-messages.js";
import type { ModelStore } from "./store.js";
import { ModelTopics } from "./topics.js";

/** What the broker of one simulation promises. */
export interface BrokerRules {
  /** A message that is sent again is recognised, also when it has been taken meanwhile. */
  readonly dedupe: boolean;
  /** It knows the ids of those whose results it has. */
  readonly fuses: boolean;
  /** Messages of one priority are delivered in no order. */
  readonly reorders: boolean;
  /** How long it takes a delivery to arrive, at most. */
  readonly latencyMs: number;
  readonly mutant: Mutant | undefined;
}

/** What a broker lives in. */
export interface BrokerHost {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly history: History;
  readonly rules: BrokerRules;
  readonly store: ModelStore;
}

/**
 * What every real broker must be equivalent to: queues of messages, each waiting, delayed or owned by one session. Every
 * method is one step that nothing divides.
 */
export class ModelBroker {
  readonly topics = new ModelTopics();
  readonly given = new GivenMessages();
  readonly #host: BrokerHost;
  readonly #ready: Message[] = [];
  readonly #delayed = new Set<Message>();
  readonly #owned = new Set<Claim>();
  readonly #consumers: Consumer[] = [];
  /** What was enqueued before, and is recognised when it is sent again. */
  readonly #known = new WeakSet<Envelope>();
  #isPumping = false;
  #numbers = 0;

  constructor(host: BrokerHost) {
    this.#host = host;
  }

  get depths(): { readonly waiting: number; readonly delayed: number; readonly owned: number } {
    return { waiting: this.#ready.length, delayed: this.#delayed.size, owned: this.#owned.size };
  }

  send(envelope: Envelope): SendOutcome {
    const { rules } = this.#host;
    if (rules.dedupe && this.#knows(envelope) && rules.mutant !== "duplicate-not-recognised") return "duplicate";
    this.enqueue(envelope);
    return "stored";
  }

  /** Puts a message into its queue, whatever is there already. */
  enqueue(envelope: Envelope, redeliveries = 0): void {
    const message = { number: ++this.#numbers, envelope, redeliveries };
    const { id, eta } = envelope;
    this.#known.add(envelope);
    this.#host.history.add({ kind: "enqueued", id, message: message.number, eta });
    if (eta === undefined || eta <= this.#host.time.now || this.#host.rules.mutant === "eta-ignored")
      return this.#makeReady(message);
    this.#delayed.add(message);
    this.#host.time.after(eta - this.#host.time.now, () => {
      if (this.#delayed.delete(message)) this.#makeReady(message);
    });
  }

  /** Each record is stored with its settlement, or neither is. */
  settle(settlement: Settlement, record?: ResultRecord): SettleOutcome {
    const { store, rules } = this.#host;
    const claim = settlement.delivery.token as Claim;
    // n.b. what is sent again has the outcome of the first time
    if (claim.settledTo !== undefined && claim.settledTo === settlement.to) return "ok";
    if (!this.#owned.has(claim) && rules.mutant !== "settle-not-fenced") return "lost";
    if (record !== undefined) store.put(record);
    this.#apply(claim, settlement);
    return "ok";
  }

  consume(consumer: Consumer): void {
    if (!this.#consumers.includes(consumer)) this.#consumers.push(consumer);
    this.pump();
  }

  cancel(consumer: Consumer): void {
    const at = this.#consumers.indexOf(consumer);
    if (at >= 0) this.#consumers.splice(at, 1);
  }

  /** Takes away all that a session owns. `died`: counts as a redelivery. */
  abandon(session: Session, { died }: { readonly died: boolean }): void {
    for (const claim of [...this.#owned].filter((one) => one.session === session).toReversed()) {
      this.#owned.delete(claim);
      claim.consumer.owned--;
      const { message } = claim;
      const isCounted = died && this.#host.rules.mutant !== "expiry-not-counted";
      this.#note(claim, died ? "expired" : "release");
      this.#ready.unshift({ ...message, redeliveries: message.redeliveries + (isCounted ? 1 : 0) });
      session.lost(claim);
    }
    this.pump();
  }

  /** Gives what waits to those who have credit, soon. */
  pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    const { time, random, rules } = this.#host;
    time.after(random.skewed(0, rules.latencyMs), () => {
      this.#isPumping = false;
      this.#deliver();
    });
  }

  #knows(envelope: Envelope): boolean {
    const { rules, store } = this.#host;
    return this.#known.has(envelope) || this.#holds(envelope.id) || (rules.fuses && store.has(envelope.id));
  }

  #holds(id: string): boolean {
    const is = ({ envelope }: Message): boolean => envelope.id === id;
    return this.#ready.some(is) || [...this.#delayed].some(is) || [...this.#owned].some(({ message }) => is(message));
  }

  #makeReady(message: Message): void {
    this.#ready.push(message);
    this.pump();
  }

  #apply(claim: Claim, settlement: Settlement): void {
    if (this.#owned.delete(claim)) claim.consumer.owned--;
    claim.settledTo = settlement.to;
    this.#note(claim, settlement.to);
    if (settlement.to === "retry") this.#retry(settlement.next);
    if (settlement.to === "release") {
      const counts = this.#host.rules.mutant === "release-counts" ? 1 : 0;
      this.#ready.unshift({ ...claim.message, redeliveries: claim.message.redeliveries + counts });
    }
    this.pump();
  }

  /** n.b. what is retried is a new message: who died with the last one is not counted */
  #retry(next: Envelope): void {
    if (this.#host.rules.mutant !== "retry-not-atomic") return this.enqueue(next);
    const lost = this.#host.random.chance(0.1);
    if (!lost) this.#host.time.after(100, () => this.enqueue(next));
  }

  #note({ message, number, session }: Claim, to: string): void {
    const entry = { id: message.envelope.id, claim: number, by: session.name };
    if (to === "expired") this.#host.history.add({ kind: "expired", ...entry });
    else this.#host.history.add({ kind: "settled", ...entry, to });
  }

  #deliver(): void {
    const { random } = this.#host;
    for (;;) {
      const takers = this.#consumers.filter((one) => one.owned < one.credit && this.#next(one) >= 0);
      if (takers.length === 0) return;
      this.#give(random.pick(takers));
    }
  }

  /** Where the next message for a consumer is; -1: nowhere. */
  #next({ queue }: Consumer): number {
    const fitting = this.#ready.flatMap(({ envelope }, at) => (envelope.queue === queue ? [at] : []));
    if (fitting.length === 0) return -1;
    return this.#host.rules.reorders
      ? fitting[this.#host.random.int(0, Math.min(3, fitting.length) - 1)]!
      : fitting[0]!;
  }

  #give(consumer: Consumer): void {
    const batch: Claim[] = [];
    for (let room = this.#host.random.int(1, consumer.credit - consumer.owned); room > 0; room--) {
      const at = this.#next(consumer);
      if (at < 0) break;
      batch.push(this.#claim(this.#ready.splice(at, 1)[0]!, consumer));
    }
    consumer.deliver(batch);
  }

  #claim(message: Message, consumer: Consumer): Claim {
    const { session } = consumer;
    const claim = new Claim({ number: ++this.#numbers, message, consumer, session });
    this.#owned.add(claim);
    this.given.note(claim);
    consumer.owned++;
    const { number, redeliveries, envelope } = message;
    const entry = { id: envelope.id, message: number, claim: claim.number, by: session.name, redeliveries };
    this.#host.history.add({ kind: "claimed", ...entry });
    return claim;
  }
}
