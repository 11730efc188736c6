import type { Job } from "./pool.js";
import type { Entry } from "./entry.js";
import type { Child } from "./child.js";

/** How long a child may leave jobs unclaimed while another has room. */
const PATIENCE_MS = 100;

export interface BalanceOptions<J extends Job> {
  /** Threads that are ready and not condemned. */
  readonly children: () => readonly Child<J>[];
  /** Gives jobs to these children. */
  readonly give: (entries: readonly Entry<J>[], to: readonly Child<J>[]) => void;
}

/** Moves jobs from children that do not come to them to children with room. Its timer runs only while jobs are unclaimed. */
export class Balance<J extends Job> {
  readonly #options: BalanceOptions<J>;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: BalanceOptions<J>) {
    this.#options = options;
  }

  /** To be called whenever jobs were posted. */
  watch(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.move();
    }, PATIENCE_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  move(): void {
    const loaded = this.#options
      .children()
      .map((child) => ({ child, ...child.assigned.load, stalled: child.stalled() }));
    const behind = loaded.filter(({ unclaimed }) => unclaimed > 0);
    if (behind.length === 0) return;
    for (const { child, claimed, stalled } of behind) if (stalled && claimed < child.capacity) child.suspect();
    const free = loaded.filter(
      ({ child, unclaimed, claimed }) => unclaimed === 0 && claimed < child.capacity && !child.blocked,
    );
    if (free.length > 0) {
      const moved = behind.flatMap(({ child, unclaimed, stalled }) =>
        child.assigned.take(stalled ? unclaimed : unclaimed >> 1),
      );
      if (moved.length > 0)
        this.#options.give(
          moved,
          free.map(({ child }) => child),
        );
    }
    this.watch();
  }
}
