import { ENVELOPE_COLUMNS, type OwnRow } from "./columns.js";
import type { Database } from "./database.js";
import { LIMIT, type SqlRow } from "./driver.js";

/** How many bytes of bodies one claim takes at most, beyond its first message. */
const CLAIM_BYTES = 16 * 1024 * 1024;

const COLUMNS = `seq,redeliveries,${ENVELOPE_COLUMNS.join(",")}`;

/** The messages of a queue that come next. */
export interface Front {
  /** Sequence number, redeliveries, then the columns of `ENVELOPE_COLUMNS`. */
  readonly rows: readonly OwnRow[];
  /** Nothing more is ready. */
  readonly isAll: boolean;
  /** When the next delayed message is due; infinity when there is none. */
  readonly nextDue: number;
}

/** Reads as many messages as the bytes of one claim allow, but one at least. `message` is the name of the table. */
export function readFront(db: Database, message: string, queue: string, limit: number): Front {
  const next = `FROM ${message} WHERE queue = ?1 AND owner IS NULL AND due IS NULL ORDER BY priority DESC, seq LIMIT ${LIMIT}`;
  // one message needs no counting, and in a quiet queue there is no more
  const due = `SELECT min(due) FROM ${message} WHERE queue = ?1 AND due IS NOT NULL`;
  const first = db.rows(`SELECT (${due}),${COLUMNS} ${next}`, queue, 2);
  const nextDue = ((first.length === 0 ? db.value(due, queue) : first[0]![0]) as number | null) ?? Infinity;
  if (first.length < 2) return { rows: first.map((row) => row.slice(1)), isAll: true, nextDue };
  const [totals] = db.rows(`SELECT count(*),total(length(body)) FROM (SELECT body ${next})`, queue, limit);
  const [ready, bytes] = totals as [number, number];
  const count =
    bytes <= CLAIM_BYTES ? ready : countWithin(CLAIM_BYTES, db.rows(`SELECT length(body) ${next}`, queue, limit));
  const rows = count === 0 ? [] : db.rows(`SELECT ${COLUMNS} ${next}`, queue, count);
  return { rows, isAll: ready < limit && count === ready, nextDue };
}

/** How many of the first bodies have no more than `bytes` in all; one at least. */
function countWithin(bytes: number, lengths: readonly SqlRow[]): number {
  let sum = 0;
  const over = lengths.findIndex((row) => (sum += row[0] as number) > bytes);
  return over < 0 ? lengths.length : Math.max(1, over);
}
