import type { AbortCode } from "@taskgen/core";

/**
 * What a job's slot says. `free` → `claimed` is made by the thread that runs it, `free` → `taken` by the one that gave it; both
 * compare and exchange, so a job is never run by two. Of a job in a process, the main process claims on its behalf.
 */
export const SLOT = { free: 0, claimed: 1, finished: 2, taken: 3 } as const;

export type SlotState = (typeof SLOT)[keyof typeof SLOT];

/** Abort codes as they stand in a slot; 0 is none. */
const ABORT_CODES = [
  undefined,
  "SOFT_TIME_LIMIT_EXCEEDED",
  "TIME_LIMIT_EXCEEDED",
  "DELIVERY_LOST",
  "WORKER_SHUTDOWN",
  "TASK_REVOKED",
] as const satisfies readonly (AbortCode | undefined)[];

const CELLS = 3;
const STATE = 0;
const START = 1;
const ABORT = 2;

/** The slots of one batch in memory that the main thread and a pool thread share: state, start and abort code of each job. */
export class Slots {
  readonly buffer: SharedArrayBuffer;
  readonly #cells: Int32Array<SharedArrayBuffer>;

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#cells = new Int32Array(buffer);
  }

  static create(count: number): Slots {
    return new Slots(new SharedArrayBuffer(count * CELLS * Int32Array.BYTES_PER_ELEMENT));
  }

  state(index: number): SlotState {
    return Atomics.load(this.#cells, index * CELLS + STATE) as SlotState;
  }

  /** The thread's claim; false when the main thread has taken the job back. `sinceEpochMs` counts from the batch's epoch. */
  claim(index: number, sinceEpochMs: number): boolean {
    // n.b. a start is stored before the claim, and zero means none
    this.began(index, sinceEpochMs);
    return this.#exchange(index, SLOT.claimed);
  }

  /** Claims it for a process; when it begins there, is told later. */
  claimFor(index: number): boolean {
    return this.#exchange(index, SLOT.claimed);
  }

  /** A job that was claimed for a process has begun. */
  began(index: number, sinceEpochMs: number): void {
    Atomics.store(this.#cells, index * CELLS + START, Math.max(1, Math.floor(sinceEpochMs)));
  }

  /** The job's function is over; its verdict is on its way. */
  finish(index: number): void {
    Atomics.store(this.#cells, index * CELLS + STATE, SLOT.finished);
  }

  /** Takes an unclaimed job back; false when the thread was faster. */
  take(index: number): boolean {
    return this.#exchange(index, SLOT.taken);
  }

  /** When the job began, in milliseconds since the batch's epoch; meaningful once it is claimed, and 0 while not known. */
  startMs(index: number): number {
    return Atomics.load(this.#cells, index * CELLS + START);
  }

  requestAbort(index: number, code: AbortCode): void {
    Atomics.store(this.#cells, index * CELLS + ABORT, ABORT_CODES.indexOf(code));
  }

  abortCode(index: number): AbortCode | undefined {
    return ABORT_CODES[Atomics.load(this.#cells, index * CELLS + ABORT)];
  }

  #exchange(index: number, next: SlotState): boolean {
    return Atomics.compareExchange(this.#cells, index * CELLS + STATE, SLOT.free, next) === SLOT.free;
  }
}

const CLAIMS = 0;
const PONG = 1;

/** What a thread shows of itself, readable also while its event loop stands still. */
export class Board {
  readonly buffer: SharedArrayBuffer;
  readonly #cells: Int32Array<SharedArrayBuffer>;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#cells = new Int32Array(buffer);
  }

  /** How many jobs the thread has claimed, modulo 2 ** 32. */
  get claims(): number {
    return Atomics.load(this.#cells, CLAIMS);
  }

  countClaim(): void {
    Atomics.add(this.#cells, CLAIMS, 1);
  }

  /** The number of the last ping that the thread's event loop has seen. */
  get pong(): number {
    return Atomics.load(this.#cells, PONG);
  }

  answer(ping: number): void {
    Atomics.store(this.#cells, PONG, ping);
  }
}
