import type { Job } from "./pool.js";
import type { Entry } from "./entry.js";
import type { PoolThread } from "./thread.js";

/** How long a thread may leave jobs unclaimed while another has room. */
const PATIENCE_MS = 100;

export interface BalanceOptions<J extends Job> {
  /** Threads that are ready and not condemned. */
  readonly threads: () => readonly PoolThread<J>[];
  /** Gives jobs to these threads. */
  readonly give: (entries: readonly Entry<J>[], to: readonly PoolThread<J>[]) => void;
}

/** Moves jobs from threads that do not come to them to threads with room. Its timer runs only while jobs are unclaimed. */
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
      .threads()
      .map((thread) => ({ thread, ...thread.assigned.load, stalled: thread.stalled() }));
    const behind = loaded.filter(({ unclaimed }) => unclaimed > 0);
    if (behind.length === 0) return;
    for (const { thread, claimed, stalled } of behind) if (stalled && claimed < thread.capacity) thread.suspect();
    const free = loaded.filter(
      ({ thread, unclaimed, claimed }) => unclaimed === 0 && claimed < thread.capacity && !thread.blocked,
    );
    if (free.length > 0) {
      const moved = behind.flatMap(({ thread, unclaimed, stalled }) =>
        thread.assigned.take(stalled ? unclaimed : unclaimed >> 1),
      );
      if (moved.length > 0)
        this.#options.give(
          moved,
          free.map(({ thread }) => thread),
        );
    }
    this.watch();
  }
}
