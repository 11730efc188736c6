import { TransactionError, type Database } from "./database.js";
import { isRetriable, toFailure, type Failure } from "./failure.js";
import type { Outbox } from "./outbox.js";
import { Unit } from "./unit.js";

/** Runs transactions, and tells when the database takes none and when it does again. */
export class Committer {
  readonly #db: Database;
  readonly #outbox: Outbox;
  readonly #onCommit: (unit: Unit) => void;
  #isBlocked = false;

  constructor(db: Database, outbox: Outbox, onCommit: (unit: Unit) => void) {
    this.#db = db;
    this.#outbox = outbox;
    this.#onCommit = onCommit;
  }

  /** The last transaction failed for a reason that may pass. */
  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  /** @throws TransactionError */
  transact(work: (unit: Unit) => void): void {
    const unit = new Unit();
    try {
      this.#db.write(() => work(unit));
    } catch (error) {
      unit.undo();
      if (isRetriable(rootOf(error))) this.#block(error);
      throw error;
    }
    this.#unblock();
    unit.apply();
    this.#onCommit(unit);
  }

  /** A transaction that nobody asked for: what may pass is tried again with the next tick. */
  attempt(work: (unit: Unit) => void): void {
    try {
      this.transact(work);
    } catch (error) {
      if (!isRetriable(rootOf(error))) throw error;
    }
  }

  #block(error: unknown): void {
    if (this.#isBlocked) return;
    this.#isBlocked = true;
    this.#outbox.tell({ kind: "blocked", failure: failureOf(error) });
  }

  #unblock(): void {
    if (!this.#isBlocked) return;
    this.#isBlocked = false;
    this.#outbox.tell({ kind: "unblocked" });
  }
}

const rootOf = (error: unknown): unknown => (error instanceof TransactionError ? error.cause : error);

/** Whether a transaction that failed may succeed later. */
export const mayPass = (error: unknown): boolean => isRetriable(rootOf(error));

/** What any error of the thread means to callers. */
export const failureOf = (error: unknown): Failure =>
  toFailure(rootOf(error), !(error instanceof TransactionError) || error.certain);
