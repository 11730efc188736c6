import type { Admission, Entrant, HeldSlot, LimitRules, Turns } from "../../limiting.js";
import type { Envelope } from "../../transport.js";
import { inChunks } from "./chunks.js";
import type { RedisValue } from "./driver.js";
import type { Hub } from "./hub.js";
import { admit, leave, renew, sent, turns } from "./limit-scripts.js";
import { packMessage, unpackMessage } from "./message-format.js";
import type { Script } from "./script.js";

/** How long a server that does not answer is waited for. */
const LIMIT_MS = 30_000;
const NEWLINE = 0x0a;

const deadline = (): AbortSignal => AbortSignal.timeout(LIMIT_MS);

/** The waiting rooms of limited tasks. */
export class Limits {
  readonly #hub: Hub;
  readonly #known = new Set<string>();

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  async admit(room: string, rules: LimitRules, batch: readonly Entrant[]): Promise<readonly Admission[]> {
    if (!this.#known.has(room)) await this.#note(room);
    const admitted: Admission[] = [];
    for (const chunk of inChunks(batch, ({ envelope }) => envelope.body.length)) {
      const args = chunk.flatMap(({ id, key, holder, envelope }) => [id, key, holder, packHeld(envelope)]);
      const replies = (await this.#run(admit, room, [...numbersOf(rules), ...args])) as Buffer[];
      for (const reply of replies) admitted.push(reply.toString() === "held" ? "held" : Number(reply));
    }
    return admitted;
  }

  async turns(room: string, rules: LimitRules, max: number): Promise<Turns> {
    const [next, waiting, ...held] = (await this.#run(turns, room, [...numbersOf(rules), max])) as [
      Buffer,
      number,
      ...Buffer[],
    ];
    const nextMs = Number(next);
    return { envelopes: held.map(unpackHeld), nextMs: nextMs < 0 ? undefined : nextMs, waiting: waiting === 1 };
  }

  async sent(room: string, ids: readonly string[]): Promise<void> {
    for (const chunk of inChunks(ids, () => 0)) await this.#run(sent, room, chunk);
  }

  async leave(room: string, batch: readonly HeldSlot[]): Promise<boolean> {
    let waits: unknown = 0;
    for (const chunk of inChunks(batch, () => 0)) waits = await this.#run(leave, room, pairsOf(chunk));
    return waits === 1;
  }

  async renew(room: string, batch: readonly HeldSlot[]): Promise<void> {
    for (const chunk of inChunks(batch, () => 0)) await this.#run(renew, room, pairsOf(chunk));
  }

  async rooms(): Promise<readonly string[]> {
    const names = await this.#hub.perform((session) => session.call("smembers", this.#hub.keys.rooms), deadline());
    return (names as Buffer[]).map(String);
  }

  async #note(room: string): Promise<void> {
    await this.#hub.perform((session) => session.call("sadd", this.#hub.keys.rooms, room), deadline());
    this.#known.add(room);
  }

  /** n.b. what is repeated finds what it did the first time. */
  #run(script: Script, room: string, args: readonly RedisValue[]): Promise<unknown> {
    const keys = this.#hub.keys.room(room);
    return this.#hub.perform((session) => session.script(script, keys, args), deadline());
  }
}

const numbersOf = ({ everyMs = -1, keyEveryMs = -1, concurrency = -1, lateMs }: LimitRules): number[] => [
  everyMs,
  keyEveryMs,
  concurrency,
  lateMs,
];

const pairsOf = (batch: readonly HeldSlot[]): string[] => batch.flatMap(({ id, holder }) => [id, holder]);

/** A message in a room, as the last part of its entry: its queue, a line feed, the message. */
const packHeld = (envelope: Envelope): Buffer =>
  Buffer.concat([Buffer.from(`${encodeURIComponent(envelope.queue)}\n`), packMessage({ ...envelope, eta: undefined })]);

function unpackHeld(bytes: Buffer): Envelope {
  const end = bytes.indexOf(NEWLINE);
  const queue = decodeURIComponent(bytes.toString("latin1", 0, end));
  return unpackMessage(bytes.subarray(end + 1), queue).envelope;
}
