/** Cells of the shared memory. */
const INSIDE = 0;
const HASTE = 1;

/** How much haste there is: none; locks are not waited for; nothing is begun any more. */
const NONE = 0;
const HURRIED = 1;
const CLOSED = 2;

/**
 * Tells when the database thread is inside of SQLite. A thread that is ended there takes the whole process with it: the driver's
 * native code throws into an environment that is gone, and aborts.
 */
export class Gate {
  readonly buffer: SharedArrayBuffer;
  readonly #cells: Int32Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(8)) {
    this.buffer = buffer;
    this.#cells = new Int32Array(buffer);
  }

  /** In the thread: whether to go on rather than to wait for a lock. */
  get isHurried(): boolean {
    return Atomics.load(this.#cells, HASTE) !== NONE;
  }

  /** In the thread: runs `work`, which enters SQLite, unless the process ends. */
  pass(work: () => void): void {
    Atomics.store(this.#cells, INSIDE, 1);
    try {
      if (Atomics.load(this.#cells, HASTE) !== CLOSED) work();
    } finally {
      Atomics.store(this.#cells, INSIDE, 0);
      Atomics.notify(this.#cells, INSIDE);
    }
  }

  /** In the thread: waits, in haste not at all. */
  pause(ms: number): void {
    Atomics.wait(this.#cells, HASTE, NONE, ms);
  }

  /** On the main side: locks are not waited for any more. */
  hurry(): void {
    Atomics.compareExchange(this.#cells, HASTE, NONE, HURRIED);
    Atomics.notify(this.#cells, HASTE);
  }

  /** On the main side, when the process ends: returns when the thread is outside, and stays there, or after `ms`. */
  close(ms: number): void {
    Atomics.store(this.#cells, HASTE, CLOSED);
    Atomics.notify(this.#cells, HASTE);
    Atomics.wait(this.#cells, INSIDE, 1, ms);
  }
}
