import {
  BRIEF_SLOT_MS,
  HORIZON_MS,
  SLOT_MS,
  TURN_MS,
  type Admission,
  type Entrant,
  type HeldSlot,
  type LimitRules,
  type Turns,
} from "../../limiting.js";
import type { Envelope } from "../../transport.js";
import type { RoomStore, Slot } from "./room-store.js";

/** n.b. some stores round. */
const SAME_MS = 0.1;

/**
 * Decides who may start, by what is remembered of a room: one step of one method at a time. The pace is that of a leaky bucket
 * (GCRA, https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm) that holds one: nobody saves up starts.
 */
export class Room {
  readonly #store: RoomStore;
  readonly #rules: LimitRules;
  readonly #now: number;

  constructor(store: RoomStore, rules: LimitRules, now: number) {
    this.#store = store;
    this.#rules = rules;
    this.#now = now;
  }

  admit(batch: readonly Entrant[]): Admission[] {
    this.#sweep();
    return batch.map((entrant) => this.#admit(entrant));
  }

  turns(max: number): Turns {
    this.#sweep();
    this.#store.recall(this.#now);
    const overdue = this.#store.overdueTurns(this.#now, max);
    const envelopes = overdue.map((id) => this.#store.give(id, this.#now + TURN_MS));
    let nextMs: number | undefined;
    while (envelopes.length < max && nextMs === undefined) {
      const key = this.#store.next();
      if (key === undefined) break;
      const turn = this.#turnOf(key);
      if (typeof turn === "number") nextMs = turn;
      else if (turn !== undefined) envelopes.push(turn);
    }
    return { envelopes, nextMs: this.#soonest(nextMs), waiting: this.#store.isWaiting };
  }

  #admit(entrant: Entrant): Admission {
    const { id, holder } = entrant;
    const slot = this.#store.slot(id);
    if (slot !== undefined && slot.holder === holder) return this.#until(slot.start);
    const held = this.#store.held(id);
    if (slot === undefined && held?.isGiven === false) return "held";
    if (held !== undefined) this.#store.unhold([id]);
    if (slot === undefined) return held === undefined ? this.#enter(entrant) : this.#goOn(entrant);
    const isUsable = slot.holder === "" ? slot.start + this.#rules.lateMs > this.#now : slot.start > this.#now;
    if (isUsable) return this.#take(entrant, slot.start);
    if (slot.holder === "") this.#giveBack(slot);
    return this.#goOn(entrant);
  }

  /** One that was never here: behind those who wait. */
  #enter(entrant: Entrant): Admission {
    const start = this.#isFree(entrant.key) ? this.#startOf(entrant.key) : undefined;
    return start === undefined ? this.#hold(entrant, "back") : this.#begin(entrant, start);
  }

  /** One that has a slot, or had its turn, and needs another start: before those who wait. */
  #goOn(entrant: Entrant): Admission {
    this.#drop(entrant.id, entrant.key);
    const start = this.#hasSlot(entrant.key) ? this.#startOf(entrant.key) : undefined;
    return start === undefined ? this.#hold(entrant, "front") : this.#begin(entrant, start);
  }

  /** A turn came too late: its time is unused, and where it is the last one that was given it is as if it never was. */
  #giveBack({ key, start }: Slot): void {
    const { everyMs, keyEveryMs } = this.#rules;
    for (const [of, every] of [[undefined, everyMs] as const, [key, keyEveryMs] as const]) {
      const isLast = every !== undefined && Math.abs(this.#store.pace(of) - start - every) < SAME_MS;
      if (isLast) this.#store.setPace(of, start);
    }
  }

  #hold(entrant: Entrant, place: "back" | "front"): "held" {
    this.#store.hold(entrant, place);
    if (this.#hasSlot(entrant.key)) this.#store.enter(entrant.key);
    return "held";
  }

  #begin(entrant: Entrant, start: number): Admission {
    this.#reserve(entrant.key, start);
    return this.#take(entrant, start);
  }

  #take({ id, key, holder }: Entrant, start: number): Admission {
    this.#store.setSlot(id, { key, holder, start, until: this.#now + this.#slotMs });
    return this.#until(start);
  }

  /** The turn of a key, if it is one; a number: nobody's yet, for so many milliseconds. */
  #turnOf(key: string): Envelope | number | undefined {
    const id = this.#store.first(key);
    if (id === undefined || !this.#hasSlot(key)) return undefined;
    const wait = this.#waitFor(undefined);
    if (wait > HORIZON_MS) {
      this.#store.putBack(key);
      return wait - HORIZON_MS / 2;
    }
    const keyWait = this.#waitFor(key);
    const early = keyWait - this.#earliness;
    if (early > 0) return this.#putOff(key, early + this.#earliness / 2);
    const start = this.#now + Math.max(wait, keyWait);
    this.#reserve(key, start);
    this.#store.setSlot(id, { key, holder: "", start, until: this.#now + SLOT_MS });
    const envelope = this.#store.give(id, this.#now + TURN_MS);
    if (this.#store.first(key) !== undefined && this.#hasSlot(key)) this.#store.enter(key);
    return envelope;
  }

  #putOff(key: string, ms: number): undefined {
    this.#store.putOff(key, this.#now + ms);
  }

  /** Nobody is before it, and there is room. */
  #isFree(key: string): boolean {
    if (this.#store.first(key) !== undefined) return false;
    return this.#hasSlot(key) && !(this.#rules.everyMs !== undefined && this.#store.isRinging);
  }

  #hasSlot(key: string): boolean {
    const { concurrency } = this.#rules;
    return concurrency === undefined || this.#store.slotsOf(key) < concurrency;
  }

  /** When one of a key may start; `undefined`: not shortly. */
  #startOf(key: string): number | undefined {
    const wait = this.#waitFor(undefined);
    const keyWait = this.#waitFor(key);
    if (wait > HORIZON_MS || keyWait > Math.max(wait, this.#earliness)) return undefined;
    return this.#now + Math.max(wait, keyWait);
  }

  #waitFor(key: string | undefined): number {
    const every = key === undefined ? this.#rules.everyMs : this.#rules.keyEveryMs;
    return every === undefined ? 0 : Math.max(0, this.#store.pace(key) - this.#now);
  }

  /** How far ahead a key may have its turn. n.b. not at all where it would take the room's time from other keys. */
  get #earliness(): number {
    return this.#rules.everyMs === undefined ? HORIZON_MS : 0;
  }

  get #slotMs(): number {
    return this.#rules.concurrency === undefined ? BRIEF_SLOT_MS : SLOT_MS;
  }

  #reserve(key: string, start: number): void {
    const { everyMs, keyEveryMs } = this.#rules;
    if (everyMs !== undefined) this.#store.setPace(undefined, start + everyMs);
    if (keyEveryMs !== undefined) this.#store.setPace(key, start + keyEveryMs);
  }

  /** n.b. a start that is over must not count as one of now: the next ones are reckoned from it. */
  #until(start: number): number {
    const { everyMs, keyEveryMs } = this.#rules;
    return everyMs === undefined && keyEveryMs === undefined ? 0 : start - this.#now;
  }

  #soonest(nextMs: number | undefined): number | undefined {
    const recall = this.#store.nextRecall;
    const all = [nextMs ?? [], recall === undefined ? [] : Math.max(0, recall - this.#now)].flat();
    return all.length === 0 ? undefined : Math.min(...all);
  }

  /** Frees the slots whose holders seem to be gone. */
  #sweep(): void {
    for (const [id, key] of this.#store.overdueSlots(this.#now)) this.#drop(id, key);
  }

  #drop(id: string, key: string): void {
    freeSlot(this.#store, id, key);
  }
}

/** Frees the slots of their holders. */
export function leaveRoom(store: RoomStore, batch: readonly HeldSlot[]): boolean {
  for (const [id, { key }] of ownSlots(store, batch)) freeSlot(store, id, key);
  return store.isWaiting;
}

/** Forgets those that are on their way. n.b. one may wait again. */
export function forgetSent(store: RoomStore, ids: readonly string[]): void {
  store.unhold(ids.filter((id) => store.held(id)?.isGiven === true));
}

export function renewSlots(store: RoomStore, batch: readonly HeldSlot[], now: number): void {
  for (const [id, slot] of ownSlots(store, batch)) store.setSlot(id, { ...slot, until: now + SLOT_MS });
}

function ownSlots(store: RoomStore, batch: readonly HeldSlot[]): (readonly [string, Slot])[] {
  return batch.flatMap(({ id, holder }) => {
    const slot = store.slot(id);
    return slot?.holder === holder ? [[id, slot] as const] : [];
  });
}

function freeSlot(store: RoomStore, id: string, key: string): void {
  store.dropSlot(id);
  if (store.first(key) !== undefined) store.enter(key);
}
