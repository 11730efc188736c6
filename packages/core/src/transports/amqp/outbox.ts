import type { Bound } from "./bound.js";
import type { Publication } from "./properties.js";
import type { PublishOutcome } from "./publisher.js";
import type { SizeLimit } from "./size-limit.js";

/** One message until the broker has answered, or nobody waits for the answer any more. */
export class Parcel {
  readonly publication: Publication;
  /** The broker sent it back: no queue takes it. */
  wasReturned = false;
  #onSettled: ((outcome: PublishOutcome) => void) | undefined;

  constructor(publication: Publication, onSettled: (outcome: PublishOutcome) => void) {
    this.publication = publication;
    this.#onSettled = onSettled;
  }

  get isSettled(): boolean {
    return this.#onSettled === undefined;
  }

  /** Only the first outcome counts. */
  settle(outcome: PublishOutcome): void {
    const onSettled = this.#onSettled;
    this.#onSettled = undefined;
    onSettled?.(outcome);
  }
}

/** Messages that wait to be written, in order, up to a bound. */
export class Outbox {
  readonly #bound: Bound;
  readonly #limit: SizeLimit;
  #waiting: Parcel[] = [];
  #head = 0;
  #open = 0;

  constructor(bound: Bound, limit: SizeLimit) {
    this.#bound = bound;
    this.#limit = limit;
  }

  /** How many wait. */
  get size(): number {
    return this.#waiting.length - this.#head;
  }

  /** How many have no outcome yet, waiting or written. */
  get openParcels(): number {
    return this.#open;
  }

  /** Puts a batch at the end; what exceeds the bound, or the size that the broker takes, is settled at once. `onSettled` is called when all of it is. */
  add(batch: readonly Publication[], onSettled: (outcomes: PublishOutcome[]) => void): Parcel[] {
    const outcomes = new Array<PublishOutcome>(batch.length);
    let open = batch.length;
    this.#open += open;
    const parcels = batch.map((publication, index) => {
      return new Parcel(publication, (outcome) => {
        outcomes[index] = outcome;
        this.#open--;
        if (--open === 0) onSettled(outcomes);
      });
    });
    if (open === 0) onSettled(outcomes);
    for (const parcel of parcels) this.#push(parcel);
    return parcels;
  }

  /** The first, or the first of those that are free to go. */
  take(isFree?: (parcel: Parcel) => boolean): Parcel | undefined {
    if (isFree !== undefined) return this.#takeFree(isFree);
    const parcel = this.#waiting[this.#head];
    if (parcel === undefined) return undefined;
    this.#bound.leave(parcel.publication.body.length);
    if (++this.#head > 1_000) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
    return parcel;
  }

  #takeFree(isFree: (parcel: Parcel) => boolean): Parcel | undefined {
    for (let at = this.#head; at < this.#waiting.length; at++) {
      const parcel = this.#waiting[at]!;
      if (!isFree(parcel)) continue;
      this.#waiting.splice(at, 1);
      this.#bound.leave(parcel.publication.body.length);
      return parcel;
    }
    return undefined;
  }

  /** Puts one that was taken to the front. */
  putBack(parcel: Parcel): void {
    const refusal = this.#bound.enter(parcel.publication.body.length);
    if (refusal !== undefined) return parcel.settle(refusal);
    this.#waiting = [parcel, ...this.#waiting.slice(this.#head)];
    this.#head = 0;
  }

  /** Takes out those of `parcels` that wait; returns them. */
  remove(parcels: readonly Parcel[]): Set<Parcel> {
    const unwanted = new Set(parcels);
    const waiting = this.#waiting.slice(this.#head);
    const removed = new Set(waiting.filter((parcel) => unwanted.has(parcel)));
    this.#waiting = waiting.filter((parcel) => !unwanted.has(parcel));
    this.#head = 0;
    for (const { publication } of removed) this.#bound.leave(publication.body.length);
    return removed;
  }

  #push(parcel: Parcel): void {
    const { body, properties } = parcel.publication;
    const refusal = this.#limit.check(properties.messageId, body) ?? this.#bound.enter(body.length);
    if (refusal === undefined) this.#waiting.push(parcel);
    else parcel.settle(refusal);
  }
}
