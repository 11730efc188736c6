import type { Admission, Entrant, HeldSlot, LimitRules, Turns } from "../../limiting.js";
import { forgetSent, leaveRoom, renewSlots, Room } from "../limiting/room.js";
import { LimitRoom } from "./limit-room.js";

/** The waiting rooms of limited tasks. */
export class Limits {
  readonly #now: () => number;
  readonly #rooms = new Map<string, LimitRoom>();

  constructor(now: () => number) {
    this.#now = now;
  }

  admit(room: string, rules: LimitRules, batch: readonly Entrant[]): Admission[] {
    return new Room(this.#room(room), rules, this.#now()).admit(batch);
  }

  turns(room: string, rules: LimitRules, max: number): Turns {
    return new Room(this.#room(room), rules, this.#now()).turns(max);
  }

  sent(room: string, ids: readonly string[]): void {
    forgetSent(this.#room(room), ids);
  }

  leave(room: string, batch: readonly HeldSlot[]): boolean {
    return leaveRoom(this.#room(room), batch);
  }

  rooms(): string[] {
    return [...this.#rooms.keys()];
  }

  renew(room: string, batch: readonly HeldSlot[]): void {
    renewSlots(this.#room(room), batch, this.#now());
  }

  #room(name: string): LimitRoom {
    const known = this.#rooms.get(name);
    if (known !== undefined) return known;
    const room = new LimitRoom();
    this.#rooms.set(name, room);
    return room;
  }
}
