import { packRows, unpackRows, type OwnRow } from "./columns.js";
import type { Outbox } from "./outbox.js";
import type { SettleColumns } from "./protocol.js";
import { settleRows } from "./settle-rows.js";
import type { Store } from "./store.js";
import { forget, free, isEmpty, type Subscription } from "./subscription.js";
import type { Unit } from "./unit.js";

export interface ClientOptions {
  readonly id: number;
  readonly store: Store;
  readonly leaseMs: number;
  readonly heartbeatMs: number;
  readonly outbox: Outbox;
}

/** One transport or result backend of this process: what it consumes and what it owns. */
export class Client {
  readonly id: number;
  readonly store: Store;
  readonly #options: ClientOptions;
  readonly #subscriptions = new Map<number, Subscription>();
  readonly #owned = new Map<number, Subscription>();
  #owner: number | undefined;
  #beatAt = Infinity;
  #more = false;
  /** What it takes from is noted in the store. */
  #isListed = true;
  /** The last news of work was true: the next is believed, rather than looked for before a transaction. */
  #isLucky = false;

  constructor(options: ClientOptions) {
    this.id = options.id;
    this.store = options.store;
    this.#options = options;
  }

  get owner(): number | undefined {
    return this.#owner;
  }

  /** When the lease must be renewed, by `performance.now()`. */
  get beatAt(): number {
    return this.#beatAt;
  }

  get isConsuming(): boolean {
    return this.#subscriptions.size > 0;
  }

  get ownsNothing(): boolean {
    return this.#owned.size === 0;
  }

  /** The last claim left something that there was credit for. */
  get hasMore(): boolean {
    return this.#more;
  }

  /** Whether it could take a message. */
  get isHungry(): boolean {
    return this.#hungry().length > 0;
  }

  hasRoom(id: number): boolean {
    const subscription = this.#subscriptions.get(id);
    return subscription !== undefined && free(subscription) > 0;
  }

  /** When a delayed message is due that it could take, epoch milliseconds. */
  get nextDue(): number {
    return Math.min(Infinity, ...this.#hungry().map((subscription) => subscription.nextDue));
  }

  subscribe(id: number, queue: string, credit: number): void {
    this.#subscriptions.set(id, { id, queue, credit, owned: 0, nextDue: Infinity, isDrained: false });
    this.#relist();
  }

  credit(id: number, credit: number): void {
    const subscription = this.#subscriptions.get(id);
    if (subscription !== undefined) subscription.credit = credit;
  }

  unsubscribe(id: number): void {
    this.#subscriptions.delete(id);
    this.#relist();
  }

  /** Whether there is a message that it could take; a read, no transaction. `isTold`: another process says so. */
  seesWork(now: number, isTold: boolean): boolean {
    for (const subscription of this.#subscriptions.values()) if (free(subscription) === 0) forget(subscription);
    if (this.#more) return true;
    if (isTold && this.#isLucky && this.isHungry) return true;
    const { messages } = this.store;
    return this.#hungry()
      .map((subscription) => {
        const { hasReady, nextDue } = messages.look(subscription.queue);
        subscription.nextDue = nextDue;
        return hasReady || nextDue <= now;
      })
      .includes(true);
  }

  /**
   * Claims as much as there is credit for, that of deliveries which end in the same transaction included; says how much.
   * `isQuiet`: what was stored since the last claim is still to be told.
   */
  claim(unit: Unit, { isQuiet } = { isQuiet: false }): number {
    this.#more = false;
    let claimed = 0;
    for (const subscription of this.#subscriptions.values()) {
      if (isQuiet && isEmpty(subscription, unit.now)) continue;
      const limit = subscription.credit - subscription.owned + unit.freedOf(subscription);
      if (limit <= 0) subscription.isDrained = false;
      else claimed += this.#claimFor(subscription, limit, unit);
    }
    return claimed;
  }

  /** Claims what is there; a client that found something believes the next that is told. */
  claimTold(unit: Unit): void {
    this.#isLucky = this.claim(unit) > 0;
  }

  settle(settlements: SettleColumns, unit: Unit): boolean[] {
    const settled = this.#settleMessages(settlements, unit);
    const records = unpackRows(settlements.records).filter((_, i) => settled[settlements.recordOf[i]!]);
    if (records.length > 0) {
      this.store.records.put(records, unit.now);
      unit.results = true;
    }
    return settled;
  }

  /** Renews the lease, or notices that it is lost; notes what it takes from where that changed. */
  beat(unit: Unit): void {
    if (this.#owner === undefined && !this.isConsuming) return void (this.#beatAt = Infinity);
    const owner = this.#owner ?? this.#register(unit);
    const isOurs = this.store.leases.renew(owner, unit.now + this.#options.leaseMs);
    if (isOurs && !this.#isListed) this.#list(owner, unit);
    unit.after(() => (isOurs ? this.#scheduleBeat() : this.#lose()));
  }

  /** Puts back what it owns, uncounted. */
  leave(unit: Unit): void {
    if (this.#owner === undefined) return;
    if (this.store.leases.abandon(this.#owner, { died: false }) > 0) unit.returned = true;
    unit.after(() => {
      this.#subscriptions.clear();
      this.#disownAll();
    });
  }

  #list(owner: number, unit: Unit): void {
    this.store.leases.list(owner, [...new Set([...this.#subscriptions.values()].map(({ queue }) => queue))]);
    unit.after(() => (this.#isListed = true));
  }

  /** The next beat, which is due now, notes what it takes from. */
  #relist(): void {
    this.#isListed = false;
    this.#beatAt = performance.now();
  }

  #hungry(): Subscription[] {
    return [...this.#subscriptions.values()].filter((subscription) => free(subscription) > 0);
  }

  #claimFor(subscription: Subscription, limit: number, unit: Unit): number {
    const { messages } = this.store;
    const { queue } = subscription;
    if (subscription.nextDue <= unit.now) messages.promote(queue, unit.now);
    const owner = this.#owner ?? this.#register(unit);
    const { rows, isAll, nextDue } = messages.claim(queue, limit, owner);
    unit.otherwise(() => forget(subscription));
    unit.after(() => Object.assign(subscription, { nextDue, isDrained: isAll }));
    if (isAll) unit.addDrained(this.store, queue);
    if (rows.length > 0) unit.after(() => this.#deliver(subscription, owner, rows));
    // the bytes of one claim are limited
    if (!isAll && rows.length < limit) unit.after(() => (this.#more = true));
    return rows.length;
  }

  #register(unit: Unit): number {
    const owner = this.store.leases.register(unit.now + this.#options.leaseMs);
    this.#owner = owner;
    unit.after(() => {
      if (this.#isListed) this.#scheduleBeat();
    });
    unit.otherwise(() => (this.#owner = undefined));
    return owner;
  }

  #deliver(subscription: Subscription, owner: number, rows: readonly OwnRow[]): void {
    for (const [seq] of rows) this.#owned.set(seq as number, subscription);
    subscription.owned += rows.length;
    const batch = packRows(rows);
    this.#options.outbox.push(
      { kind: "delivered", client: this.id, subscription: subscription.id, owner, batch },
      batch,
    );
  }

  /** Which deliveries were still ours; only those changed anything. */
  #settleMessages(settlements: SettleColumns, unit: Unit): boolean[] {
    const { owners, seqs } = settlements;
    const owner = this.#owner;
    const mine = seqs.map((seq, i) => owners[i] === owner && this.#owned.has(seq));
    if (owner === undefined || !mine.includes(true)) return mine.fill(false);
    const changed = settleRows({ store: this.store, owner, settlements, mine, unit });
    const settled = mine.map((isMine, i) => isMine && changed.has(seqs[i]!));
    for (const [i, seq] of seqs.entries()) if (mine[i]) this.#disown(seq, unit);
    if (changed.size < mine.filter(Boolean).length && !this.store.leases.exists(owner)) unit.after(() => this.#lose());
    return settled;
  }

  #disown(seq: number, unit: Unit): void {
    const subscription = this.#owned.get(seq)!;
    unit.addFreed(subscription);
    unit.after(() => {
      if (this.#owned.delete(seq)) subscription.owned--;
    });
  }

  #scheduleBeat(): void {
    this.#beatAt = performance.now() + this.#options.heartbeatMs;
  }

  #lose(): void {
    if (this.#owner === undefined) return;
    this.#options.outbox.push({ kind: "lost", client: this.id, owner: this.#owner });
    this.#disownAll();
  }

  #disownAll(): void {
    this.#owner = undefined;
    this.#beatAt = Infinity;
    this.#owned.clear();
    for (const subscription of this.#subscriptions.values()) subscription.owned = 0;
    if (this.isConsuming) this.#relist();
  }
}
