import type { Admission, Entrant, HeldSlot, LimitRules } from "../../limiting.js";
import { forgetSent, leaveRoom, renewSlots, Room } from "../limiting/room.js";
import { packEnvelopes, toEnvelope, unpackRows, type Batch } from "./columns.js";
import type { Database } from "./database.js";
import { LimitRoom } from "./limit-room.js";
import type { Tables } from "./schema.js";

/** An entrant without its envelope, which is in the batch beside. */
export type EntrantHead = Omit<Entrant, "envelope">;

/** `Turns` with the envelopes as rows. */
export interface TurnRows {
  readonly envelopes: Batch;
  readonly nextMs: number | undefined;
  readonly waiting: boolean;
}

/** The waiting rooms of one prefix. What changes something runs within `Database.write`. */
export class Limits {
  readonly #db: Database;
  readonly #tables: Tables;

  constructor(db: Database, tables: Tables) {
    this.#db = db;
    this.#tables = tables;
  }

  admit(room: string, rules: LimitRules, { heads, envelopes }: Entrants, now: number): Admission[] {
    this.#db.run(`INSERT INTO ${this.#tables.limitRoom} VALUES (?) ON CONFLICT DO NOTHING`, room);
    const rows = unpackRows(envelopes);
    const batch = heads.map((head, i) => ({ ...head, envelope: toEnvelope(rows[i]!, 0) }));
    return new Room(this.#room(room), rules, now).admit(batch);
  }

  turns(room: string, rules: LimitRules, max: number, now: number): TurnRows {
    const turns = new Room(this.#room(room), rules, now).turns(max);
    return { ...turns, envelopes: packEnvelopes(turns.envelopes) };
  }

  sent(room: string, ids: readonly string[]): void {
    forgetSent(this.#room(room), ids);
  }

  leave(room: string, batch: readonly HeldSlot[]): boolean {
    return leaveRoom(this.#room(room), batch);
  }

  rooms(): string[] {
    return this.#db.rows(`SELECT name FROM ${this.#tables.limitRoom}`).map(([name]) => name as string);
  }

  renew(room: string, batch: readonly HeldSlot[], now: number): void {
    renewSlots(this.#room(room), batch, now);
  }

  #room(name: string): LimitRoom {
    return new LimitRoom(this.#db, this.#tables, name);
  }
}

/** A batch of entrants on its way. */
export interface Entrants {
  readonly heads: readonly EntrantHead[];
  readonly envelopes: Batch;
}
