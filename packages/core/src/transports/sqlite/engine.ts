import { Client } from "./client.js";
import { TransactionError, type Database } from "./database.js";
import { isRetriable, toFailure } from "./failure.js";
import { News } from "./news.js";
import type { Outbox } from "./outbox.js";
import type { Op, Request } from "./protocol.js";
import { read } from "./reads.js";
import { Store } from "./store.js";
import { Unit } from "./unit.js";
import type { WakeFiles } from "./wake.js";
import { isWrite, write, type WriteOp } from "./writes.js";

/**
 * Serves requests. All that are waiting share one transaction, and so do the claims that become possible by them: the cost
 * of a commit is divided by their number.
 */
export class Engine {
  readonly #db: Database;
  readonly #outbox: Outbox;
  readonly #wake: WakeFiles;
  readonly #stores = new Map<string, { readonly store: Store; readonly news: News }>();
  readonly #clients = new Map<number, Client>();
  #isBlocked = false;
  #wakeUps = 0;

  constructor(db: Database, outbox: Outbox, wake: WakeFiles) {
    this.#db = db;
    this.#outbox = outbox;
    this.#wake = wake;
  }

  run(requests: readonly Request[]): void {
    const writes = requests.filter(isWrite);
    // what a client may own is known before a transaction claims for it; what is read was stored before
    for (const request of requests) if (isSetting(request)) this.#answer(request);
    if (writes.length > 0) this.#commit(writes);
    for (const request of requests) if (!isWrite(request) && !isSetting(request)) this.#answer(request);
    this.claim();
    this.#outbox.flush();
  }

  /** Takes messages where there is credit for them; a transaction only where there are some. */
  claim(): void {
    const now = Date.now();
    const clients = this.#all().filter((client) => client.seesWork(now));
    if (clients.length > 0) this.#attempt((unit) => clients.forEach((client) => client.claim(unit)));
  }

  /** Another process has stored messages, or may have. */
  onWork(): void {
    this.#wakeUps++;
    this.#quietly(() => this.claim());
  }

  /** Another process has stored results or events, or may have. */
  onResults(): void {
    this.#wakeUps++;
    this.#quietly(() => this.#eachNews((news) => news.results()));
  }

  onTopics(): void {
    this.#wakeUps++;
    this.#quietly(() => this.#eachNews((news) => news.topics()));
  }

  /** The safety net: renews leases, takes over from dead owners, looks for what no wake-up told of. */
  tick(): void {
    this.#quietly(() => {
      this.#beat();
      this.#reap();
      this.claim();
      this.#eachNews((news) => {
        news.results();
        news.topics();
      });
    });
  }

  /** How long until `tick` is due, in milliseconds. `sinceTick`: since the last one. */
  untilTick(sinceTick: number, safetyPollMs: number): number {
    if (this.#isBlocked) return safetyPollMs;
    const clients = this.#all();
    const isWatching = this.#isFollowed() || clients.some((client) => client.isHungry);
    const poll = isWatching ? safetyPollMs - sinceTick : Infinity;
    const beat = Math.min(Infinity, ...clients.map((client) => client.beatAt)) - performance.now();
    const due = Math.min(Infinity, ...clients.map((client) => client.nextDue)) - Date.now();
    return Math.max(0, Math.min(poll, beat, due));
  }

  #answer(request: Request): void {
    try {
      this.#outbox.reply(request, this.#serve(request));
    } catch (error) {
      this.#outbox.fail(request.id, toFailure(rootOf(error), true));
    }
  }

  #serve(request: Request): unknown {
    if (request.op === "counters") return { transactions: this.#db.transactions, wakeUps: this.#wakeUps };
    if (request.op === "open") return this.#open(request);
    const client = this.#clientOf(request);
    const answer = request.op === "wait" ? this.#wait(client, request) : read(client, request);
    this.#watch();
    return answer;
  }

  #wait(client: Client, { ids }: Request<"wait">): null {
    this.#stores.get(client.store.prefix)!.news.wait(client.id, ids);
    return null;
  }

  #open({ client, prefix, leaseMs, heartbeatMs }: Request<"open">): null {
    const known = this.#stores.get(prefix);
    const store = known?.store ?? new Store(this.#db, prefix);
    if (known === undefined) this.#stores.set(prefix, { store, news: new News(store, this.#outbox) });
    this.#clients.set(client, new Client({ id: client, store, leaseMs, heartbeatMs, outbox: this.#outbox }));
    return null;
  }

  /** One transaction for all; each has its own when one of them spoils it. */
  #commit(writes: readonly Request<WriteOp>[]): void {
    try {
      this.#transact((unit) => this.#apply(writes, unit));
    } catch (error) {
      if (writes.length > 1 && !isRetriable(rootOf(error))) return writes.forEach((request) => this.#commit([request]));
      const failure = toFailure(rootOf(error), isCertain(error));
      for (const { id } of writes) this.#outbox.fail(id, failure);
    }
  }

  #apply(writes: readonly Request<WriteOp>[], unit: Unit): void {
    for (const request of writes) {
      const value = write(this.#clientOf(request), request, unit);
      unit.after(() => this.#outbox.reply(request, value));
      if (request.op === "leave") unit.after(() => this.#leave(request.client));
    }
    for (const client of this.#all()) if (client.isConsuming) client.claim(unit);
  }

  #leave(id: number): void {
    this.#clients.get(id)?.store.leave(id);
    this.#clients.delete(id);
  }

  #transact(work: (unit: Unit) => void): void {
    const unit = new Unit();
    try {
      this.#db.write(() => work(unit));
    } catch (error) {
      unit.undo();
      if (isRetriable(rootOf(error))) this.#block(error);
      throw error;
    }
    this.#unblock();
    unit.apply();
    this.#publish(unit);
  }

  /** A transaction that nobody asked for: what it was for is tried again with the next tick. */
  #attempt(work: (unit: Unit) => void): void {
    try {
      this.#transact(work);
    } catch (error) {
      if (!isRetriable(rootOf(error))) throw error;
    }
  }

  #publish(unit: Unit): void {
    if (unit.leavesWork) this.#wake.work.touch();
    if (unit.results || unit.events) this.#wake.results.touch();
    if (unit.topics) this.#wake.topics.touch();
    if (unit.results || unit.events) this.#eachNews((news) => news.results());
    if (unit.topics) this.#eachNews((news) => news.topics());
  }

  #beat(): void {
    const now = performance.now();
    const due = this.#all().filter((client) => client.beatAt <= now);
    if (due.length > 0) this.#attempt((unit) => due.forEach((client) => client.beat(unit)));
  }

  /** Processes that consume watch over one another. */
  #reap(): void {
    for (const store of new Set(this.#all().filter((client) => client.isConsuming).map((client) => client.store))) {
      if (store.leases.expired(Date.now()).length > 0) this.#attempt((unit) => reapStore(store, unit));
    }
  }

  #watch(): void {
    if (this.#all().some((client) => client.isConsuming)) this.#wake.work.watch();
    this.#eachNews((news) => {
      if (news.areAwaited) this.#wake.results.watch();
      if (news.topicsAreAwaited) this.#wake.topics.watch();
    });
  }

  #isFollowed(): boolean {
    return [...this.#stores.values()].some(({ news }) => news.areAwaited || news.topicsAreAwaited);
  }

  #eachNews(tell: (news: News) => void): void {
    for (const { news } of this.#stores.values()) tell(news);
  }

  #clientOf({ client }: Request): Client {
    const known = this.#clients.get(client);
    if (known === undefined) throw new Error(`there is no client ${client}`);
    return known;
  }

  #all(): Client[] {
    return [...this.#clients.values()];
  }

  /** Runs what no request waits for; an error is told, and ends nothing. */
  #quietly(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#outbox.tell({ kind: "error", failure: toFailure(rootOf(error), true) });
    }
    this.#outbox.flush();
  }

  #block(error: unknown): void {
    if (this.#isBlocked) return;
    this.#isBlocked = true;
    this.#outbox.tell({ kind: "blocked", failure: toFailure(rootOf(error), true) });
  }

  #unblock(): void {
    if (!this.#isBlocked) return;
    this.#isBlocked = false;
    this.#outbox.tell({ kind: "unblocked" });
  }
}

function reapStore(store: Store, unit: Unit): void {
  for (const owner of store.leases.expired(unit.now)) {
    if (store.leases.abandon(owner, { died: true }) > 0) unit.returned = true;
  }
}

const SETTINGS: ReadonlySet<Op> = new Set<Op>(["open", "consume", "credit", "stop"]);

const isSetting = ({ op }: Request): boolean => SETTINGS.has(op);

const rootOf = (error: unknown): unknown => (error instanceof TransactionError ? error.cause : error);

const isCertain = (error: unknown): boolean => !(error instanceof TransactionError) || error.certain;
