import { Client } from "./client.js";
import { Committer, failureOf, mayPass } from "./committer.js";
import type { Database } from "./database.js";
import { News } from "./news.js";
import type { Outbox } from "./outbox.js";
import { isPatient } from "./patience.js";
import type { Op, Request } from "./protocol.js";
import { read } from "./reads.js";
import { Store } from "./store.js";
import type { Unit } from "./unit.js";
import { reapOwners, renewLeases, untilDue } from "./upkeep.js";
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
  readonly #committer: Committer;
  readonly #stores = new Map<string, { readonly store: Store; readonly news: News }>();
  readonly #clients = new Map<number, Client>();
  #wakeUps = 0;
  /** The last transactions left something that no claim in them has taken. */
  #mayHaveWork = false;

  constructor(db: Database, outbox: Outbox, wake: WakeFiles) {
    this.#db = db;
    this.#outbox = outbox;
    this.#wake = wake;
    this.#committer = new Committer(db, outbox, (unit) => this.#publish(unit));
  }

  run(requests: readonly Request[]): void {
    const writes = requests.filter(isWrite);
    // what a client may own is known before a transaction claims for it; what is read was stored before
    for (const request of requests) if (isSetting(request)) this.#set(request);
    // who listens is known before a transaction has news: what one looks for first and another stores then would be missed by both
    const listens = new Set(requests.filter(({ op, client }) => op === "listen" && this.#clients.has(client)));
    for (const request of listens) this.#answer(request);
    if (writes.length > 0) this.#commit(writes);
    const isRest = (request: Request): boolean => !isWrite(request) && !isSetting(request) && !listens.has(request);
    for (const request of requests.filter(isRest)) this.#answer(request);
    if (this.#mayHaveWork) this.#claim();
    // whoever waits for a result needs no answer now: it travels with the result, or with the next tick
    if (requests.every(({ op }) => op === "wait")) this.#outbox.flushNews();
    else if (isPatient(requests, (id) => this.#clients.get(id)?.ownsNothing === true)) this.#outbox.flushSoon();
    else this.#outbox.flush();
  }

  /** Another process has stored messages, or may have. */
  onWork(): void {
    this.#wakeUps++;
    this.#quietly(() => this.#claim({ isTold: true }));
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
      // nothing else may be due that would find out
      if (this.#committer.isBlocked) this.#committer.attempt(() => {});
      if (this.#committer.isBlocked) return;
      renewLeases(this.#all(), this.#committer);
      reapOwners(this.#all(), this.#committer);
      this.#claim();
      this.#eachNews((news) => {
        news.results();
        news.topics();
      });
    });
  }

  /** How long until `tick` is due, in milliseconds. `sinceTick`: since the last one. */
  untilTick(sinceTick: number, safetyPollMs: number): number {
    if (this.#committer.isBlocked) return Math.max(0, safetyPollMs - sinceTick);
    const clients = this.#all();
    const isWatching = this.#isFollowed() || clients.some((client) => client.isHungry);
    const poll = isWatching ? safetyPollMs - sinceTick : Infinity;
    return Math.max(0, Math.min(poll, untilDue(clients)));
  }

  #answer(request: Request): void {
    try {
      this.#outbox.reply(request, this.#serve(request));
    } catch (error) {
      this.#outbox.fail(request.id, failureOf(error));
    }
  }

  #set(request: Request): void {
    // more room changes nothing where there was room: what was ready is claimed
    const hadRoom =
      request.op === "credit" && this.#clients.get(request.client)?.hasRoom(request.fields.subscription) === true;
    this.#answer(request);
    if (!hadRoom) this.#mayHaveWork = true;
  }

  /** Takes messages where there is credit for them; a transaction only where there are some. `isTold`: there may be new ones. */
  #claim({ isTold } = { isTold: false }): void {
    this.#mayHaveWork = false;
    const now = Date.now();
    const clients = this.#all().filter((client) => client.seesWork(now, isTold));
    if (clients.length > 0) this.#committer.attempt((unit) => clients.forEach((client) => client.claimTold(unit)));
  }

  #serve(request: Request): unknown {
    if (request.op === "counters") return { transactions: this.#db.transactions, wakeUps: this.#wakeUps };
    if (request.op === "open") return this.#open(request);
    const client = this.#clientOf(request);
    const answer = request.op === "wait" ? this.#wait(client, request) : read(client, request);
    this.#watch();
    return answer;
  }

  #wait(client: Client, { fields: { ids } }: Request<"wait">): null {
    this.#stores.get(client.store.prefix)!.news.wait(client.id, ids);
    return null;
  }

  #open({ client, fields: { prefix, leaseMs, heartbeatMs } }: Request<"open">): null {
    const known = this.#stores.get(prefix);
    const store = known?.store ?? new Store(this.#db, prefix);
    if (known === undefined) this.#stores.set(prefix, { store, news: new News(store, this.#outbox) });
    this.#clients.set(client, new Client({ id: client, store, leaseMs, heartbeatMs, outbox: this.#outbox }));
    return null;
  }

  /** One transaction for all; each has its own when one of them spoils it. */
  #commit(writes: readonly Request<WriteOp>[]): void {
    try {
      this.#committer.transact((unit) => this.#apply(writes, unit));
    } catch (error) {
      if (writes.length > 1 && !mayPass(error)) return writes.forEach((request) => this.#commit([request]));
      const failure = failureOf(error);
      for (const { id } of writes) this.#outbox.fail(id, failure);
    }
  }

  #apply(writes: readonly Request<WriteOp>[], unit: Unit): void {
    for (const request of writes) {
      const value = write(this.#clientOf(request), request, unit);
      unit.after(() => this.#outbox.reply(request, value));
      if (request.op === "leave") unit.after(() => this.#leave(request.client));
    }
    const isQuiet = this.#wake.work.isWatched && !unit.leavesWork;
    const leaving = new Set(writes.filter(({ op }) => op === "leave").map(({ client }) => client));
    for (const client of this.#all())
      if (client.isConsuming && !leaving.has(client.id)) client.claim(unit, { isQuiet });
  }

  #leave(id: number): void {
    this.#clients.get(id)?.store.leave(id);
    this.#clients.delete(id);
  }

  #publish(unit: Unit): void {
    if (unit.leavesWork || this.#all().some((client) => client.hasMore)) this.#mayHaveWork = true;
    if (unit.leavesWork) this.#wake.work.touch();
    if (unit.results || unit.events) this.#wake.results.touch();
    if (unit.topics) this.#wake.topics.touch();
    if (unit.results || unit.events) this.#eachNews((news) => news.results());
    if (unit.topics) this.#eachNews((news) => news.topics());
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
      this.#outbox.tell({ kind: "error", failure: failureOf(error) });
    }
    this.#outbox.flush();
  }
}

const SETTINGS: ReadonlySet<Op> = new Set<Op>(["open", "consume", "credit", "stop"]);

const isSetting = ({ op }: Request): boolean => SETTINGS.has(op);
