import type { DeadLetter, QueueDepth } from "../../powers.js";
import { inChunks } from "./chunks.js";
import { queueKeys } from "./fetcher.js";
import { decodeText } from "./address.js";
import type { Hub } from "./hub.js";
import { unpackMessage } from "./message-format.js";
import { drain, exhume, unmark } from "./scripts.js";
import type { Session } from "./session.js";

const LIMIT_MS = 30_000;
const NEWLINE = 0x0a;

/** Tells what the queues of a prefix hold. */
export class Inspection {
  readonly #hub: Hub;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  async depths(): Promise<readonly QueueDepth[]> {
    return this.#perform(async (session) => {
      const names = ((await session.call("smembers", this.#hub.keys.queues)) as Buffer[]).map(String).toSorted();
      return Promise.all(names.map((name) => this.#depth(session, name)));
    });
  }

  async dead(queue: string, limit: number): Promise<readonly DeadLetter[]> {
    if (limit <= 0) return [];
    const key = this.#hub.keys.queue(queue).dead;
    const letters = (await this.#perform((session) => session.call("lrange", key, 0, limit - 1))) as Buffer[];
    return letters.map((bytes) => unpackDeadLetter(bytes, queue));
  }

  /** n.b. whoever is not told the outcome and asks again is told how many were left. */
  async removeDead(queue: string, ids: readonly string[]): Promise<number> {
    const key = this.#hub.keys.queue(queue).dead;
    let removed = 0;
    for (const chunk of inChunks(ids, () => 0)) {
      removed += (await this.#perform((session) => session.script(exhume, [key], chunk))) as number;
    }
    return removed;
  }

  /** Removes what waits and what is delayed, 1,000 at a time. */
  async purge(queue: string): Promise<number> {
    const keys = this.#hub.keys.queue(queue);
    for (let removed = 0; ;) {
      const messages = (await this.#perform((session) => session.script(drain, queueKeys(keys), []))) as Buffer[];
      if (messages.length === 0) return removed;
      removed += messages.length;
      const ids = messages.map((bytes) => unpackMessage(bytes, queue).envelope.id);
      const marks = ids.map((id) => this.#hub.markOf(keys, id));
      await this.#perform((session) => session.script(unmark, marks, []));
    }
  }

  async #depth(session: Session, queue: string): Promise<QueueDepth> {
    const keys = this.#hub.keys.queue(queue);
    const [consumers, delayed, dead, ...waiting] = (await Promise.all([
      session.call("hkeys", keys.consumers),
      session.call("zcard", keys.delayed),
      session.call("llen", keys.dead),
      ...keys.waiting.map((key) => session.call("llen", key)),
    ])) as [Buffer[], number, number, ...number[]];
    const names = consumers.map(String).filter((name) => !name.startsWith("#"));
    const [taking, ...owned] = await Promise.all([
      countTaking(
        session,
        names.map((name) => keys.lease(name)),
      ),
      ...names.map((name) => countOwned(session, keys.owned(name), keys.hand(name))),
    ]);
    return { queue, waiting: sum(waiting), delayed, owned: sum(owned), dead, consumers: taking };
  }

  #perform<T>(operation: (session: Session) => Promise<T>): Promise<T> {
    return this.#hub.perform(operation, AbortSignal.timeout(LIMIT_MS));
  }
}

/** n.b. a lease that is over is a key that is gone. */
async function countTaking(session: Session, leases: readonly string[]): Promise<number> {
  if (leases.length === 0) return 0;
  const states = (await session.call("mget", ...leases)) as readonly (Buffer | null)[];
  return states.filter((state) => state?.toString() === "1").length;
}

async function countOwned(session: Session, owned: string, hand: string): Promise<number> {
  const calls = [session.call("hlen", owned), session.call("hexists", owned, "."), session.call("llen", hand)];
  const [fields, isFetched, inHand] = (await Promise.all(calls)) as [number, number, number];
  return fields - isFetched + inHand;
}

/** A dead letter as it is stored: `<time> <reason>`, a line feed, the message. */
function unpackDeadLetter(bytes: Buffer, queue: string): DeadLetter {
  const end = bytes.indexOf(NEWLINE);
  const [at = "", reason = ""] = bytes.toString("latin1", 0, Math.max(0, end)).split(" ");
  const { envelope } = unpackMessage(bytes.subarray(end + 1), queue);
  return { envelope, reason: decodeText(reason), at: Number(at) || 0 };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
