import type { Child } from "./child.js";
import type { Job } from "./pool.js";

/** So many children in a row that die of their start end the pool. */
const MAX_FAILED_STARTS = 5;
const BACKOFF_MS = 100;

export interface CrewOptions<J extends Job> {
  readonly size: number;
  /** The greatest size it will get. */
  readonly max: number;
  /** What the children are. */
  readonly noun: string;
  readonly open: () => Child<J>;
  /** A pause after a failed start is over. */
  readonly onResume: () => void;
  readonly onHopeless: (error: Error) => void;
}

/** Keeps a pool's children at their number: starts one for each that is gone or leaves, slower when they die of their start. */
export class Crew<J extends Job> {
  readonly #options: CrewOptions<J>;
  readonly #children = new Set<Child<J>>();
  #size: number;
  #failedStarts = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: CrewOptions<J>) {
    this.#options = options;
    this.#size = options.size;
  }

  /** How many there are to be. */
  get size(): number {
    return this.#size;
  }

  get children(): readonly Child<J>[] {
    return [...this.#children];
  }

  /** A failed start is waited out. */
  get pausing(): boolean {
    return this.#timer !== undefined;
  }

  /** Those that take jobs. */
  get ready(): readonly Child<J>[] {
    return this.children.filter((child) => child.ready && !child.leaving);
  }

  add(child: Child<J>): void {
    this.#children.add(child);
  }

  /** Starts what is missing. */
  fill(): void {
    if (this.#stopped || this.#timer !== undefined) return;
    // n.b. those that leave may take long to finish: without a bound each would leave a further one behind
    const unforced = this.children.filter(({ condemned }) => !condemned).length;
    const missing = Math.min(this.#size - this.#staying.length, 2 * this.#options.max - unforced);
    for (let i = 0; i < missing; i++) this.#children.add(this.#options.open());
  }

  /** Starts what is missing of the new number; returns those that are too many, the least busy ones. */
  resize(size: number): readonly Child<J>[] {
    const staying = this.#staying.toSorted((a, b) => a.assigned.size - b.assigned.size);
    this.#size = size;
    this.fill();
    return staying.slice(0, Math.max(0, staying.length - size));
  }

  /** A child is gone. */
  replace(child: Child<J>): void {
    if (this.#children.delete(child)) this.fill();
  }

  /** Any child of the pool died of its start, or has shown that children do not. */
  noteStart(failure: Error | undefined): void {
    if (failure === undefined) this.#failedStarts = 0;
    else if (++this.#failedStarts >= MAX_FAILED_STARTS) this.#giveUp(failure);
    else this.#pause(BACKOFF_MS * 2 ** (this.#failedStarts - 1));
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  get #staying(): readonly Child<J>[] {
    return this.children.filter(({ leaving }) => !leaving);
  }

  #pause(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.fill();
      this.#options.onResume();
    }, ms);
  }

  #giveUp(cause: Error): void {
    this.stop();
    this.#options.onHopeless(
      new Error(
        `${MAX_FAILED_STARTS} pool ${this.#options.noun} in a row died of their start, the last one: ${cause.message}`,
        {
          cause,
        },
      ),
    );
  }
}
