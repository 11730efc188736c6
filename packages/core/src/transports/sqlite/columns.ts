import type { DeadLetter } from "../../powers.js";
import type { ResultEvent, ResultRecord, SequencedEvent } from "../../result-backend.js";
import type { Envelope } from "../../transport.js";
import type { TerminalState } from "../../state.js";
import { pack, unpack, type Packed } from "../../wire/pack.js";
import type { SqlRow, SqlValue } from "./driver.js";

/** A row that belongs to whoever holds it: packing takes its last value, the body, unpacking puts it back. */
export type OwnRow = SqlValue[];

/** A batch as it crosses to and from the database thread: all bodies are in one buffer that is transferred. */
export interface Batch {
  /** Without their last column, which is the body. */
  readonly rows: readonly OwnRow[];
  /** How many columns that are. */
  readonly width: number;
  readonly bodies: Packed;
}

export const isBatch = (value: unknown): value is Batch =>
  typeof value === "object" && value !== null && "bodies" in value;

/** Adds what to name in a transfer list. */
export function transferBatch(batch: Batch, list: ArrayBuffer[]): void {
  if (batch.rows.length > 0) list.push(batch.bodies.bytes.buffer, batch.bodies.ends.buffer);
}

/** Packs rows that end with a body, and takes them over. */
export function packRows(rows: readonly OwnRow[]): Batch {
  const bodies = pack(rows.map((row) => row.pop() as Uint8Array));
  return { rows, width: rows[0]?.length ?? 0, bodies };
}

/** The rows with their bodies, as views. What was added to them after an earlier unpacking is cut off. */
export function unpackRows({ rows, width, bodies }: Batch): readonly OwnRow[] {
  const parts = unpack(bodies);
  for (const [i, row] of rows.entries()) {
    row.length = width;
    row.push(parts[i]!);
  }
  return rows;
}

/** The columns of an envelope; `ENVELOPE_COLUMNS` of the tables are in this order. */
export const ENVELOPE_COLUMNS = ["id", "queue", "priority", "eta", "expires", "reply_to", "body"] as const;

export function packEnvelopes(batch: readonly Envelope[]): Batch {
  return {
    rows: batch.map(({ id, queue, priority, eta, expires, replyTo }) => [
      id,
      queue,
      priority,
      toTime(eta),
      toTime(expires),
      replyTo ?? null,
    ]),
    width: ENVELOPE_COLUMNS.length - 1,
    bodies: pack(batch.map(({ body }) => body)),
  };
}

/**
 * As far as a `Date` reaches, in milliseconds.
 * n.b. a row with a whole number that is not exact in JavaScript could never be read again.
 */
const FARTHEST_MS = 8.64e15;

const toTime = (time: number | undefined): number | null => (time === undefined ? null : Math.min(FARTHEST_MS, time));

/** The envelope whose columns begin at `start`. */
export function toEnvelope(row: SqlRow, start: number): Envelope {
  return {
    id: row[start] as string,
    queue: row[start + 1] as string,
    priority: row[start + 2] as number,
    eta: (row[start + 3] as number | null) ?? undefined,
    expires: (row[start + 4] as number | null) ?? undefined,
    replyTo: (row[start + 5] as string | null) ?? undefined,
    body: row[start + 6] as Uint8Array,
  };
}

/** Reason and time come before the envelope. */
export function toDeadLetter(row: SqlRow): DeadLetter {
  return { envelope: toEnvelope(row, 2), reason: row[0] as string, at: row[1] as number };
}

/** Records and events have the same columns: id, state, ttl, body. */
export function packRecords(batch: readonly (ResultRecord | ResultEvent)[]): Batch {
  return {
    rows: batch.map(({ id, state, ttlMs }) => [id, state, Math.min(FARTHEST_MS, ttlMs)]),
    width: 3,
    bodies: pack(batch.map(({ body }) => body)),
  };
}

export function toRecord([id, state, ttl, body]: SqlRow): ResultRecord {
  return { id: id as string, state: state as TerminalState, ttlMs: ttl as number, body: body as Uint8Array };
}

/** The number comes before the columns of a record. */
export function toEvent([number, id, state, ttl, body]: SqlRow): SequencedEvent {
  return {
    seq: number as number,
    id: id as string,
    state: state as string,
    ttlMs: ttl as number,
    body: body as Uint8Array,
  };
}
