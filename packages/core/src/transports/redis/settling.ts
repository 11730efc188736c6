import { Deadlines } from "../../deadlines.js";
import { TransportError } from "../../errors.js";
import type { Finish } from "../../powers.js";
import type { Deadline, SendOutcome, SettleOutcome } from "../../transport.js";
import { groupBy } from "./chunks.js";
import { RedisDelivery } from "./delivery.js";
import type { Hub } from "./hub.js";
import type { KnownQueues } from "./known-queues.js";
import { type Item, type Order, ordersOf } from "./orders.js";
import { type Sending, tooLarge } from "./sending.js";

export interface SettlingOptions {
  readonly hub: Hub;
  readonly queues: KnownQueues;
  readonly sending: Sending;
  /** How long a settlement may wait for the server: after a lease it would come too late anyway. */
  readonly limitMs: number;
  readonly failpoint: (name: string) => void;
}

/** Ends what consumers own. */
export class Settling {
  readonly #options: SettlingOptions;
  readonly #deadlines: Deadlines;

  constructor(options: SettlingOptions) {
    this.#options = options;
    this.#deadlines = new Deadlines(options.limitMs / 30);
  }

  /** What is not owned any more is `lost`, and stores no record. */
  async finish(batch: readonly Finish[]): Promise<readonly SettleOutcome[]> {
    const outcomes: SettleOutcome[] = batch.map(() => "lost");
    const items = this.#choose(batch, outcomes);
    const isCluster = this.#options.hub.connection.place.cluster;
    const away = isCluster ? items.filter(leadsAway) : [];
    if (away.length === 0) await this.#settle(items, outcomes);
    else {
      const here = items.filter((item) => !leadsAway(item));
      await Promise.all([this.#settle(here, outcomes), this.#move(away, outcomes)]);
    }
    return outcomes;
  }

  /** Those that can be settled, which are not owned any more from here; the outcome of the others is known. */
  #choose(batch: readonly Finish[], outcomes: SettleOutcome[]): Item[] {
    const items: Item[] = [];
    batch.forEach((finish, at) => {
      const { settlement } = finish;
      const delivery = settlement.delivery.token;
      if (!(delivery instanceof RedisDelivery) || !delivery.owner.owned.has(delivery)) return;
      const refusal = settlement.to === "retry" ? tooLarge(settlement.next.id, settlement.next.body) : undefined;
      if (refusal !== undefined) outcomes[at] = refusal;
      else if (delivery.owner.disown(delivery)) items.push({ at, delivery, finish });
    });
    return items;
  }

  get #deadline(): Deadline {
    return this.#deadlines.signal(performance.now() + this.#options.limitMs);
  }

  async #settle(items: readonly Item[], outcomes: SettleOutcome[]): Promise<void> {
    const groups = groupBy(items, ({ delivery }) => delivery.owner);
    const orders = [...groups].flatMap(([owner, group]) => ordersOf(this.#options.hub, owner, group));
    const done = orders.map(([order, chunk]) => this.#carryOut(order, chunk, outcomes));
    for (const [owner, group] of groups) owner.freed(group.some(isPutBack));
    await (done.length === 1 ? done[0] : Promise.all(done));
  }

  async #carryOut(order: Order, chunk: readonly Item[], outcomes: SettleOutcome[]): Promise<void> {
    const { hub, queues } = this.#options;
    const isUncertain = chunk.some(({ delivery }) => delivery.uncertain);
    try {
      const reply = await hub.perform((session, repeated) => {
        queues.note(session, order.queue);
        const isAgain = repeated || isUncertain;
        if (isAgain) doubtHand(chunk);
        return session.script(order.script, order.keys, order.args(isAgain));
      }, this.#deadline);
      const digits = (reply as Buffer).toString("latin1");
      chunk.forEach((item, i) => conclude(item, digits[i] === "1", outcomes));
    } catch (error) {
      fail(chunk, error, outcomes);
    }
  }

  /**
   * Retries into queues that a Cluster may keep elsewhere, where no script reaches both: put there first, then ended here.
   * Who dies in between has put it there, and it comes again from here: twice rather than never.
   */
  async #move(items: readonly Item[], outcomes: SettleOutcome[]): Promise<void> {
    const { sending, failpoint } = this.#options;
    try {
      const ours = await this.#stillOwned(items);
      const sent = await sending.send(ours.map(nextOf), this.#deadline);
      const isThere = (_: Item, i: number): boolean => !isError(sent[i]!);
      for (const [i, item] of ours.entries()) if (!isThere(item, i)) fail([item], sent[i], outcomes);
      failpoint("settle.between");
      await this.#settle(ours.filter(isThere).map(asDone), outcomes);
    } catch (error) {
      fail(items, error, outcomes);
    }
  }

  /** n.b. whoever lost a message must not put it elsewhere. */
  async #stillOwned(items: readonly Item[]): Promise<readonly Item[]> {
    const { hub } = this.#options;
    const ask = ({ delivery }: Item): Promise<unknown> =>
      hub.perform(
        (session) => session.call("hexists", delivery.owner.keys.owned(delivery.consumer), delivery.envelope.id),
        this.#deadline,
      );
    const found = await Promise.all(items.map(ask));
    for (const [i, { delivery }] of items.entries()) if (found[i] !== 1) delivery.lose();
    return items.filter((_, i) => found[i] === 1);
  }
}

/** n.b. before the settlement is concluded: until then no other message is taken into the hand. */
function doubtHand(chunk: readonly Item[]): void {
  const one = chunk.find(({ delivery }) => delivery.inHand)?.delivery;
  one?.owner.hand.doubt(one.consumer);
}

function conclude({ at, delivery }: Item, isSettled: boolean, outcomes: SettleOutcome[]): void {
  if (delivery.inHand) delivery.owner.hand.empty(delivery.consumer);
  if (isSettled) outcomes[at] = "ok";
  else delivery.lose();
}

/** Still owned; whether it happened may not be known. */
function fail(items: readonly Item[], error: unknown, outcomes: SettleOutcome[]): void {
  if (!(error instanceof TransportError)) throw error;
  for (const { at, delivery } of items) {
    outcomes[at] = error;
    delivery.uncertain ||= !error.certain;
    delivery.owner.own([delivery]);
  }
}

const isError = (outcome: SendOutcome): outcome is TransportError => outcome instanceof TransportError;

const leadsAway = ({ delivery, finish: { settlement } }: Item): boolean =>
  settlement.to === "retry" && settlement.next.queue !== delivery.owner.queue;

const nextOf = ({ finish: { settlement } }: Item) => (settlement as Extract<typeof settlement, { to: "retry" }>).next;

const asDone = (item: Item): Item => ({
  ...item,
  finish: { settlement: { delivery: item.finish.settlement.delivery, to: "done" } },
});

const isPutBack = ({ finish: { settlement } }: Item): boolean =>
  settlement.to === "release" || settlement.to === "retry";
