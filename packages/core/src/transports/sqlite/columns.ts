import type { DeadLetter } from "../../powers.js";
import type { ResultEvent, ResultRecord, SequencedEvent } from "../../result-backend.js";
import type { Envelope } from "../../transport.js";
import type { TerminalState } from "../../state.js";
import { pack, transferables, unpack, type Packed } from "../../wire/pack.js";
import type { SqlRow, SqlValue } from "./driver.js";

/** A row that belongs to whoever holds it: packing may take its last value, the body, unpacking puts it back. */
export type OwnRow = SqlValue[];

/** A batch as it crosses to and from the database thread. */
export interface Batch {
  readonly rows: readonly OwnRow[];
  /** How many columns the rows have on their way. */
  readonly width: number;
  /** The last column of each row, in one buffer that is transferred; none where it costs less to copy the one there is. */
  readonly bodies: Packed | undefined;
}

/** A body that is copied rather than transferred has no more bytes than this. */
const SMALL_BYTES = 2_048;

export const isBatch = (value: unknown): value is Batch =>
  typeof value === "object" && value !== null && "bodies" in value;

/** Adds what to name in a transfer list. */
export function transferBatch(batch: Batch, list: ArrayBuffer[]): void {
  if (batch.bodies !== undefined) list.push(...transferables(batch.bodies));
}

/** Packs rows that end with a body, and takes them over. */
export function packRows(rows: readonly OwnRow[]): Batch {
  if (isSmall(rows)) {
    for (const row of rows) row.push(ownBytes(bytesOf(row.pop())));
    return { rows, width: rows[0]?.length ?? 0, bodies: undefined };
  }
  const bodies = pack(rows.map((row) => bytesOf(row.pop())));
  return { rows, width: rows[0]!.length, bodies };
}

/** The rows with their bodies, as views. What was added to them after an earlier unpacking is cut off. */
export function unpackRows({ rows, width, bodies }: Batch): readonly OwnRow[] {
  for (const row of rows) row.length = width;
  if (bodies !== undefined) unpack(bodies).forEach((body, i) => rows[i]!.push(body));
  return rows;
}

const isSmall = (rows: readonly OwnRow[]): boolean =>
  rows.length === 0 || (rows.length === 1 && (rows[0]!.at(-1) as Uint8Array).length <= SMALL_BYTES);

/** n.b. columns take any value from whoever may write to the file. */
const bytesOf = (body: SqlValue | undefined): Uint8Array =>
  body instanceof Uint8Array ? body : new TextEncoder().encode(`${body ?? ""}`);

/** n.b. a copy of a view is one of all that it is a view on. */
const ownBytes = (body: Uint8Array): Uint8Array =>
  body.length === body.buffer.byteLength ? body : new Uint8Array(body);

/** The columns of an envelope; `ENVELOPE_COLUMNS` of the tables are in this order. */
export const ENVELOPE_COLUMNS = ["id", "queue", "priority", "eta", "expires", "reply_to", "body"] as const;

export function packEnvelopes(batch: readonly Envelope[]): Batch {
  return packRows(batch.map(toRow));
}

/** The columns of an envelope. */
export const toRow = ({ id, queue, priority, eta, expires, replyTo, body }: Envelope): OwnRow => [
  id,
  queue,
  priority,
  toTime(eta),
  toTime(expires),
  replyTo ?? null,
  body,
];

/**
 * As far as a `Date` reaches, in milliseconds.
 * n.b. a row with a whole number that is not exact in JavaScript could never be read again.
 */
export const FARTHEST_MS = 8.64e15;

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
  return packRows(batch.map(({ id, state, ttlMs, body }) => [id, state, Math.min(FARTHEST_MS, ttlMs), body]));
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
