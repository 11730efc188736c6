import type { Entrant } from "../../limiting.js";
import type { Envelope } from "../../transport.js";

/** A place among those that may run. */
export interface Slot {
  readonly key: string;
  /** "" as long as its turn was given and nobody has taken it. */
  readonly holder: string;
  /** When it may start, in the store's milliseconds. */
  readonly start: number;
  /** Free after this. */
  readonly until: number;
}

/** A message in the room. */
export interface Held {
  readonly key: string;
  /** Its turn was given: it waits no more. */
  readonly isGiven: boolean;
}

/**
 * What a room remembers, for `Room` to decide by. A key with waiting messages is in the ring, or put off until a time, or in
 * neither while all its slots are taken.
 */
export interface RoomStore {
  slot(id: string): Slot | undefined;
  /** In place of the one that `id` had, of the same key. */
  setSlot(id: string, slot: Slot): void;
  dropSlot(id: string): void;
  /** Those whose time is over. */
  overdueSlots(now: number): readonly (readonly [id: string, key: string])[];
  /** How many slots a key has. */
  slotsOf(key: string): number;
  /** When the next one may start: of a key, of the room where there is none. 0: at any time. */
  pace(key: string | undefined): number;
  setPace(key: string | undefined, at: number): void;
  held(id: string): Held | undefined;
  /** Behind all others of its key, or before them. */
  hold(entrant: Entrant, place: "back" | "front"): void;
  unhold(ids: readonly string[]): void;
  /** The id of the one that waits first. */
  first(key: string): string | undefined;
  /** Marks it as given until then. */
  give(id: string, until: number): Envelope;
  /** Those that were given until before this time. */
  overdueTurns(now: number, max: number): readonly string[];
  /** To the end of the ring, unless it is in it or put off. */
  enter(key: string): void;
  /** To the head of the ring. */
  putBack(key: string): void;
  putOff(key: string, until: number): void;
  /** The head of the ring, taken out. */
  next(): string | undefined;
  /** Those put off until before this time are in the ring. */
  recall(now: number): void;
  /** Whether the ring has any. */
  readonly isRinging: boolean;
  /** When the first of those put off is back. */
  readonly nextRecall: number | undefined;
  /** Whether anybody waits whose turn is not given. */
  readonly isWaiting: boolean;
}
