import type { Connection } from "./connection.js";
import type { QueueKeys } from "./keys.js";
import type { Lease } from "./lease.js";
import { type StoredMessage, unpackMessage } from "./message-format.js";
import { fetch } from "./scripts.js";

/** What a fetch found. */
export interface Found {
  /** Who asked, by the name that it had then. */
  readonly consumer: string;
  /** False when it was reaped: then nothing was found. */
  readonly isConsumer: boolean;
  /** Priorities other than the default one are in use. */
  readonly isMixed: boolean;
  readonly messages: readonly StoredMessage[];
  /** There was more than was wanted. */
  readonly more: boolean;
  /** Milliseconds until a delayed message is due; negative when there is none. */
  readonly untilDue: number;
}

/** What is known of the queue besides. */
export interface FetchState {
  /** Consumers of it. */
  readonly peers: number;
  /** Its bell has just been waited for in vain. */
  readonly isSilent: boolean;
}

export interface FetcherOptions {
  readonly connection: Connection;
  readonly queue: string;
  readonly keys: QueueKeys;
  readonly lease: Lease;
  readonly closing: AbortSignal;
}

const MAX_BATCH = 1_000;
/** What a fetch may bring, going by what the last ones brought. */
const MAX_BATCH_BYTES = 4 * 1024 * 1024;

/** Takes messages out of one queue for its consumer. */
export class Fetcher {
  readonly #options: FetcherOptions;
  #number = 0;
  #meanBytes = 0;

  constructor(options: FetcherOptions) {
    this.#options = options;
  }

  async fetch(wanted: number, { peers, isSilent }: FetchState): Promise<Found> {
    const { connection, queue, keys, lease, closing } = this.#options;
    const number = ++this.#number;
    // n.b. a key that is never there: of a slot that is being moved this refuses all scripts, also where all their keys are still here
    const wholeSlot = connection.place.cluster ? [keys.hand("")] : [];
    const limit = Math.max(1, Math.min(wanted, MAX_BATCH, Math.floor(MAX_BATCH_BYTES / (this.#meanBytes + 1))));
    let { consumer } = lease;
    const reply = await connection.perform(
      async (session, repeated) => {
        await lease.enrol(session);
        consumer = lease.consumer;
        const args = [consumer, number, limit, peers, repeated ? 1 : 0, isSilent ? 1 : 0];
        return session.script(fetch, [...queueKeys(keys), keys.owned(consumer), ...wholeSlot], args);
      },
      [closing],
    );
    const [state, more = 0, untilDue = -1, ...bytes] = reply as [number, number?, number?, ...Buffer[]];
    this.#learn(bytes);
    const isCut = bytes.length === limit && limit < wanted;
    const found = { messages: bytes.map((one) => unpackMessage(one, queue)), more: more === 1 || isCut, untilDue };
    return { ...found, consumer, isConsumer: state > 0, isMixed: state === 2 };
  }

  /** Puts back a token that could not be used. */
  async ring(): Promise<void> {
    const { connection, keys, closing } = this.#options;
    await connection.perform((session) => session.call("rpush", keys.bell, "*"), [closing]);
  }

  #learn(messages: readonly Buffer[]): void {
    if (messages.length === 0) return;
    const bytes = messages.reduce((sum, { length }) => sum + length, 0);
    this.#meanBytes = Math.max(bytes / messages.length, this.#meanBytes / 2);
  }
}

/** The keys that scripts call `QUEUE`. */
export const queueKeys = ({ shared }: QueueKeys): readonly string[] => shared;
