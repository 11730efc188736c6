import type { Entrant } from "../../limiting.js";
import type { Envelope } from "../../transport.js";
import type { Held, RoomStore, Slot } from "../limiting/room-store.js";
import { ENVELOPE_COLUMNS, toEnvelope, toRow } from "./columns.js";
import type { Database } from "./database.js";
import { BODY, LIMIT, type SqlValue } from "./driver.js";
import type { Tables } from "./schema.js";

const ENVELOPE = ENVELOPE_COLUMNS.join(",");
/** The key of the room's own pace. */
const NO_KEY = "";

/** A room in a database, within a transaction. */
export class LimitRoom implements RoomStore {
  readonly #db: Database;
  readonly #tables: Tables;
  readonly #room: string;

  constructor(db: Database, tables: Tables, room: string) {
    this.#db = db;
    this.#tables = tables;
    this.#room = room;
  }

  slot(id: string): Slot | undefined {
    const sql = `SELECT key,holder,start,until FROM ${this.#tables.limitSlot} WHERE room = ? AND id = ?`;
    const [row] = this.#db.rows(sql, this.#room, id);
    if (row === undefined) return undefined;
    const [key, holder, start, until] = row as [string, string, number, number];
    return { key, holder, start, until };
  }

  setSlot(id: string, { key, holder, start, until }: Slot): void {
    const sql = `INSERT OR REPLACE INTO ${this.#tables.limitSlot} (room,id,key,holder,start,until) VALUES (?,?,?,?,?,?)`;
    this.#db.run(sql, this.#room, id, key, holder, start, until);
  }

  dropSlot(id: string): void {
    this.#db.run(`DELETE FROM ${this.#tables.limitSlot} WHERE room = ? AND id = ?`, this.#room, id);
  }

  overdueSlots(now: number): readonly (readonly [string, string])[] {
    const sql = `SELECT id,key FROM ${this.#tables.limitSlot} WHERE room = ? AND until < ?`;
    return this.#db.rows(sql, this.#room, now) as unknown as [string, string][];
  }

  slotsOf(key: string): number {
    const sql = `SELECT count(*) FROM ${this.#tables.limitSlot} WHERE room = ? AND key = ?`;
    return this.#db.value(sql, this.#room, key) as number;
  }

  pace(key: string = NO_KEY): number {
    const sql = `SELECT pace FROM ${this.#tables.limitKey} WHERE room = ? AND key = ?`;
    return (this.#db.value(sql, this.#room, key) as number | null) ?? 0;
  }

  setPace(key: string = NO_KEY, at: number): void {
    this.#setKey(key, "pace", at);
  }

  held(id: string): Held | undefined {
    const sql = `SELECT key, given IS NOT NULL FROM ${this.#tables.limitHeld} WHERE room = ? AND id = ?`;
    const [row] = this.#db.rows(sql, this.#room, id);
    return row && { key: row[0] as string, isGiven: row[1] === 1 };
  }

  hold({ key, envelope }: Entrant, place: "back" | "front"): void {
    const { limitHeld } = this.#tables;
    const at = place === "back" ? "max(place) + 1" : "min(place) - 1";
    const sql = `INSERT INTO ${limitHeld} (room,key,place,${ENVELOPE}) VALUES (?1,?2,
      ifnull((SELECT ${at} FROM ${limitHeld} WHERE room = ?1 AND key = ?2 AND given IS NULL), 0),?3,?4,?5,?6,?7,?8,${BODY})`;
    this.#db.run(sql, this.#room, key, ...toRow({ ...envelope, eta: undefined }));
  }

  unhold(ids: readonly string[]): void {
    for (const id of ids)
      this.#db.run(`DELETE FROM ${this.#tables.limitHeld} WHERE room = ? AND id = ?`, this.#room, id);
  }

  first(key: string): string | undefined {
    const sql = `SELECT id FROM ${this.#tables.limitHeld} WHERE room = ? AND key = ? AND given IS NULL ORDER BY place LIMIT 1`;
    return (this.#db.value(sql, this.#room, key) as string | null) ?? undefined;
  }

  give(id: string, until: number): Envelope {
    const sql = `UPDATE ${this.#tables.limitHeld} SET given = ? WHERE room = ? AND id = ? RETURNING ${ENVELOPE}`;
    return toEnvelope(this.#db.rows(sql, until, this.#room, id)[0]!, 0);
  }

  overdueTurns(now: number, max: number): readonly string[] {
    const sql = `SELECT id FROM ${this.#tables.limitHeld} WHERE room = ? AND given < ? LIMIT ${LIMIT}`;
    return this.#db.rows(sql, this.#room, now, max).map(([id]) => id as string);
  }

  enter(key: string): void {
    const { limitKey } = this.#tables;
    const last = `SELECT ifnull(max(turn), 0) + 1 FROM ${limitKey} WHERE room = ?1`;
    const sql = `INSERT INTO ${limitKey} (room,key,turn) VALUES (?1,?2,(${last})) ON CONFLICT (room,key) DO UPDATE SET
      turn = excluded.turn WHERE turn IS NULL AND due IS NULL`;
    this.#db.run(sql, this.#room, key);
  }

  putBack(key: string): void {
    const { limitKey } = this.#tables;
    const first = `SELECT ifnull(min(turn), 0) - 1 FROM ${limitKey} WHERE room = ?1`;
    this.#db.run(`UPDATE ${limitKey} SET turn = (${first}) WHERE room = ?1 AND key = ?2`, this.#room, key);
  }

  putOff(key: string, until: number): void {
    this.#setKey(key, "due", until);
  }

  next(): string | undefined {
    const { limitKey } = this.#tables;
    const first = `SELECT key FROM ${limitKey} WHERE room = ?1 AND turn IS NOT NULL ORDER BY turn LIMIT 1`;
    const sql = `UPDATE ${limitKey} SET turn = NULL WHERE room = ?1 AND key = (${first}) RETURNING key`;
    return (this.#db.value(sql, this.#room) as string | null) ?? undefined;
  }

  recall(now: number): void {
    const { limitKey } = this.#tables;
    const due = this.#db.rows(`SELECT key FROM ${limitKey} WHERE room = ? AND due <= ? ORDER BY due`, this.#room, now);
    for (const [key] of due) {
      this.#setKey(key as string, "due", null);
      this.enter(key as string);
    }
    const isIdle = "room = ? AND turn IS NULL AND due IS NULL AND ifnull(pace, 0) <= ?";
    this.#db.run(`DELETE FROM ${limitKey} WHERE ${isIdle}`, this.#room, now);
  }

  get isRinging(): boolean {
    const sql = `SELECT EXISTS (SELECT 1 FROM ${this.#tables.limitKey} WHERE room = ? AND turn IS NOT NULL)`;
    return this.#db.value(sql, this.#room) === 1;
  }

  get nextRecall(): number | undefined {
    const sql = `SELECT min(due) FROM ${this.#tables.limitKey} WHERE room = ?`;
    return (this.#db.value(sql, this.#room) as number | null) ?? undefined;
  }

  get isWaiting(): boolean {
    const sql = `SELECT EXISTS (SELECT 1 FROM ${this.#tables.limitHeld} WHERE room = ? AND given IS NULL)`;
    return this.#db.value(sql, this.#room) === 1;
  }

  #setKey(key: string, column: "pace" | "due", value: SqlValue): void {
    const sql = `INSERT INTO ${this.#tables.limitKey} (room,key,${column}) VALUES (?,?,?) ON CONFLICT (room,key) DO UPDATE SET
      ${column} = excluded.${column}`;
    this.#db.run(sql, this.#room, key, value);
  }
}
