import type { TransportError } from "../../errors.js";
import type { Connection } from "./connection.js";
import { silent } from "./failure.js";
import type { Parcel } from "./outbox.js";
import type { Window } from "./window.js";

/** A queue that confirms nothing for one to two of these is silent. */
const LOOK_MS = 7_500;
/** RabbitMQ stops reading from a connection when some 32 of its messages wait for one quorum queue: so many it has read for sure. */
const SURELY_READ = 24;

export interface SilenceOptions {
  readonly connection: Connection;
  /** What was written and is not confirmed. */
  readonly window: Window;
  readonly report: (error: Error) => void;
}

/**
 * Knows the queues that do not confirm although their broker is there, and keeps them from stopping all others: RabbitMQ reads
 * nothing more from a connection that has written too much for one of them. To each goes one message at a time, until it confirms one.
 */
export class Silence {
  readonly #options: SilenceOptions;
  readonly #queues = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #seen: ReadonlySet<Parcel> = new Set();
  #lookedAt = 0;

  constructor(options: SilenceOptions) {
    this.#options = options;
  }

  /** Which messages may be written; undefined: all. */
  get gate(): ((parcel: Parcel) => boolean) | undefined {
    if (this.#queues.size === 0) return undefined;
    const busy = new Set([...this.#options.window].map(({ publication }) => publication.queue));
    return ({ publication: { queue } }) => queue === undefined || !this.#queues.has(queue) || !busy.has(queue);
  }

  /** Something was written. */
  watch(): void {
    if (this.#timer !== undefined) return;
    this.#lookedAt = performance.now();
    this.#timer = setInterval(() => void this.#look(), LOOK_MS).unref();
  }

  /** Whether a queue that was silent is so no more. */
  heard({ publication: { queue } }: Parcel, error: unknown): boolean {
    if (this.#queues.size === 0 || queue === undefined) return false;
    return (error === null || error === undefined) && this.#queues.delete(queue);
  }

  /** Why a message was not confirmed in time, if that is its queue's doing. */
  failureOf({ publication: { queue } }: Parcel, certain: boolean): TransportError | undefined {
    return queue !== undefined && this.#queues.has(queue) ? silent(queue, certain) : undefined;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#seen = new Set();
  }

  async #look(): Promise<void> {
    const { window, connection } = this.#options;
    const before = this.#seen;
    const now = (this.#seen = new Set(window));
    if (now.size === 0 || connection.current?.blocked !== undefined) return this.close();
    const elapsed = performance.now() - this.#lookedAt;
    this.#lookedAt += elapsed;
    // n.b. a process that stood still has not read yet what the broker said meanwhile
    if (elapsed > 1.5 * LOOK_MS || silentOf(before, now).size === 0 || !(await connection.answers())) return;
    const silentNow = silentOf(before, new Set(window));
    for (const queue of silentNow) this.#isSilent(queue);
    if (silentNow.size > 0) this.#leaveIfStuck();
  }

  /** n.b. a connection that RabbitMQ does not read from cannot be closed in good order */
  #leaveIfStuck(): void {
    const { window, connection } = this.#options;
    const stuck = [...window].filter(({ publication: { queue = "" } }) => this.#queues.has(queue));
    const session = connection.current;
    if (session === undefined || session.blocked !== undefined || stuck.length <= SURELY_READ) return;
    for (const parcel of stuck) parcel.settle(this.failureOf(parcel, false)!);
    session.drop(silent(stuck[0]!.publication.queue!, false));
  }

  #isSilent(queue: string): void {
    if (this.#queues.has(queue)) return;
    this.#queues.add(queue);
    this.#options.report(silent(queue, false));
  }
}

/** Queues of which something is unconfirmed since the last look, and nothing was confirmed meanwhile. */
function silentOf(before: ReadonlySet<Parcel>, now: ReadonlySet<Parcel>): Set<string> {
  const confirmed = queuesOf([...before].filter((parcel) => !now.has(parcel)));
  const waiting = queuesOf([...before].filter((parcel) => now.has(parcel)).slice(0, SURELY_READ));
  return new Set([...waiting].filter((queue) => !confirmed.has(queue)));
}

const queuesOf = (parcels: readonly Parcel[]): Set<string> =>
  new Set(parcels.flatMap(({ publication: { queue } }) => queue ?? []));
