import type { ResultBackend } from "./result-backend.js";
import type { Envelope } from "./transport.js";

/** What the messages of a room must keep to; the numbers of whoever asks count. */
export interface LimitRules {
  /** The least time between two starts in the room, in milliseconds. */
  readonly everyMs?: number | undefined;
  /** The same for each key. */
  readonly keyEveryMs?: number | undefined;
  /** How many of one key may have a slot at once. */
  readonly concurrency?: number | undefined;
  /** How long after its time a start may still be used, in milliseconds. */
  readonly lateMs: number;
}

/** A message that wants to start. */
export interface Entrant {
  readonly id: string;
  /** Of its limit; not empty. */
  readonly key: string;
  /** Who would run it, unique for each try: without spaces, not empty. */
  readonly holder: string;
  /** Kept where it must wait; its `eta` is not. */
  readonly envelope: Envelope;
}

/**
 * In how many milliseconds it may start, from the moment of the answer or earlier; below 0: since so many it may, and its time
 * may have passed. `held`: it waits in the room.
 */
export type Admission = number | "held";

/** A slot and who has it; a holder of "" is that of a turn which nobody has taken yet. */
export interface HeldSlot {
  readonly id: string;
  readonly holder: string;
}

/** Whose turn it is. */
export interface Turns {
  readonly envelopes: readonly Envelope[];
  /** In how many milliseconds to ask again; `undefined`: when something left. */
  readonly nextMs: number | undefined;
  /** Whether anybody waits in the room. */
  readonly waiting: boolean;
}

/**
 * Optional power of a result backend: waiting rooms for messages that may not start yet, one for each limited task. A room knows
 * who has a slot, when the next one may start, and who waits: in order within a key, the keys taking turns. Its state is by the
 * ids of messages, so whatever is asked again changes nothing. Times are those of the store's clock.
 */
export interface Limiting {
  /**
   * Those that may start now or shortly have a slot from then on, and the time is theirs. An id that has one already keeps it;
   * one whose time has passed has the next.
   */
  admit(room: string, rules: LimitRules, batch: readonly Entrant[]): Promise<readonly Admission[]>;
  /**
   * Those whose turn has come or comes shortly, with a slot that nobody holds yet. They stay in the room until they are known to
   * be `sent` or are admitted, and are given again after a while.
   */
  turns(room: string, rules: LimitRules, max: number): Promise<Turns>;
  /** They are on their way, and need not be kept. */
  sent(room: string, ids: readonly string[]): Promise<void>;
  /** Frees the slots that these hold; whether anybody waits in the room. */
  leave(room: string, batch: readonly HeldSlot[]): Promise<boolean>;
  /** The rooms that there ever were. */
  rooms(): Promise<readonly string[]>;
  /** The slots that these hold are in use: one that is not renewed is free after `SLOT_MS`. */
  renew(room: string, batch: readonly HeldSlot[]): Promise<void>;
}

export function canLimit(results: ResultBackend): results is ResultBackend & Limiting {
  return "admit" in results;
}

/** How long a slot stands without being renewed. */
export const SLOT_MS = 60_000;
/** The same where nothing but a rate limits: only who asks again needs it. */
export const BRIEF_SLOT_MS = 10_000;
/** How far ahead of its time a message may have its turn: it has to travel. */
export const HORIZON_MS = 800;
/** A turn that is not known to be sent by then is given again. */
export const TURN_MS = 10_000;
