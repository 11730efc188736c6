import type { Entrant } from "../../limiting.js";
import type { Envelope } from "../../transport.js";
import type { Held, RoomStore, Slot } from "../limiting/room-store.js";
import { HeldMessages } from "./held-messages.js";

/** How often slots are looked through for those whose time is over. */
const SWEEP_MS = 1_000;

/** A room in memory. */
export class LimitRoom implements RoomStore {
  readonly #slots = new Map<string, Slot>();
  readonly #slotsOf = new Map<string, number>();
  readonly #paces = new Map<string | undefined, number>();
  readonly #messages = new HeldMessages();
  readonly #ring = new Set<string>();
  /** Before the ring. */
  readonly #head: string[] = [];
  readonly #putOff = new Map<string, number>();
  #sweptAt = 0;

  slot(id: string): Slot | undefined {
    return this.#slots.get(id);
  }

  setSlot(id: string, slot: Slot): void {
    if (!this.#slots.has(id)) this.#slotsOf.set(slot.key, this.slotsOf(slot.key) + 1);
    this.#slots.set(id, slot);
  }

  dropSlot(id: string): void {
    const slot = this.#slots.get(id);
    if (slot === undefined) return;
    this.#slots.delete(id);
    const left = this.slotsOf(slot.key) - 1;
    if (left > 0) this.#slotsOf.set(slot.key, left);
    else this.#slotsOf.delete(slot.key);
  }

  overdueSlots(now: number): readonly (readonly [string, string])[] {
    if (now < this.#sweptAt + SWEEP_MS) return [];
    this.#sweptAt = now;
    for (const [key, at] of this.#paces) if (at <= now) this.#paces.delete(key);
    return [...this.#slots].flatMap(([id, { key, until }]) => (until < now ? [[id, key] as const] : []));
  }

  slotsOf(key: string): number {
    return this.#slotsOf.get(key) ?? 0;
  }

  pace(key: string | undefined): number {
    return this.#paces.get(key) ?? 0;
  }

  setPace(key: string | undefined, at: number): void {
    this.#paces.set(key, at);
  }

  held(id: string): Held | undefined {
    return this.#messages.get(id);
  }

  hold(entrant: Entrant, place: "back" | "front"): void {
    this.#messages.add(entrant, place);
  }

  unhold(ids: readonly string[]): void {
    for (const id of ids) this.#messages.remove(id);
  }

  first(key: string): string | undefined {
    return this.#messages.first(key);
  }

  give(id: string, until: number): Envelope {
    return this.#messages.give(id, until);
  }

  overdueTurns(now: number, max: number): readonly string[] {
    return this.#messages.overdue(now, max);
  }

  enter(key: string): void {
    if (!this.#putOff.has(key) && !this.#head.includes(key)) this.#ring.add(key);
  }

  putBack(key: string): void {
    this.#head.push(key);
  }

  putOff(key: string, until: number): void {
    this.#putOff.set(key, until);
  }

  next(): string | undefined {
    const key = this.#head.pop() ?? this.#ring.values().next().value;
    if (key !== undefined) this.#ring.delete(key);
    return key;
  }

  recall(now: number): void {
    for (const [key, until] of this.#putOff) {
      if (until > now) continue;
      this.#putOff.delete(key);
      this.enter(key);
    }
  }

  get isRinging(): boolean {
    return this.#ring.size > 0 || this.#head.length > 0;
  }

  get nextRecall(): number | undefined {
    return this.#putOff.size === 0 ? undefined : Math.min(...this.#putOff.values());
  }

  get isWaiting(): boolean {
    return this.#messages.waiting > 0;
  }
}
