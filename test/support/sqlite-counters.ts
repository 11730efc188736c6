import type { Transport } from "@taskgen/core/internal";

/** What a database thread has counted. */
export interface SqliteCounters {
  /** Transactions that wrote. */
  readonly transactions: number;
  /** Times another process woke it. */
  readonly wakeUps: number;
}

/** Of the SQLite transport alone. */
export const countersOf = (transport: Transport): Promise<SqliteCounters> =>
  (transport as Transport & { counters(): Promise<SqliteCounters> }).counters();
