import type { Entry } from "./entry.js";
import type { Job } from "./pool.js";
import type { PoolThread } from "./thread.js";

/** A thread without work ends after this. */
const IDLE_MS = 1_000;

export interface SolosOptions<J extends Job> {
  /** How many run at once. */
  readonly max: number;
  readonly open: () => PoolThread<J>;
  readonly close: (thread: PoolThread<J>) => void;
}

/** Threads that run one job each: isolated ones, and those suspected of having ended a thread. */
export class Solos<J extends Job> {
  readonly #options: SolosOptions<J>;
  readonly #threads = new Set<PoolThread<J>>();
  /** Those whose job waits for another: they leave their place to a further thread. */
  readonly #joining = new Set<PoolThread<J>>();
  readonly #idle = new Map<PoolThread<J>, NodeJS.Timeout>();
  #waiting: Entry<J>[] = [];

  constructor(options: SolosOptions<J>) {
    this.#options = options;
  }

  get threads(): readonly PoolThread<J>[] {
    return [...this.#threads];
  }

  has(thread: PoolThread<J>): boolean {
    return this.#threads.has(thread);
  }

  run(entries: readonly Entry<J>[]): void {
    this.#waiting.push(...entries);
    this.fill();
  }

  /** Takes back all that wait here. */
  take(): Entry<J>[] {
    return this.#waiting.splice(0);
  }

  drop(entry: Entry<J>): boolean {
    const at = this.#waiting.indexOf(entry);
    if (at >= 0) this.#waiting.splice(at, 1);
    return at >= 0;
  }

  /** It is ready, or its job ended. */
  free(thread: PoolThread<J>): void {
    if (!this.#threads.has(thread) || !thread.ready || thread.condemned || thread.assigned.size > 0) return;
    const next = this.#waiting.shift();
    if (next === undefined) this.#rest(thread);
    else thread.post([next]);
  }

  joining(thread: PoolThread<J>, waiting: boolean): void {
    if (!waiting) this.#joining.delete(thread);
    else if (this.#threads.has(thread)) this.#joining.add(thread);
    this.fill();
  }

  remove(thread: PoolThread<J>): void {
    clearTimeout(this.#idle.get(thread));
    this.#idle.delete(thread);
    this.#joining.delete(thread);
    this.#threads.delete(thread);
  }

  stop(): void {
    this.#waiting = [];
    for (const timer of this.#idle.values()) clearTimeout(timer);
    this.#idle.clear();
  }

  /** Gives waiting jobs to idle threads, and starts threads while there may be more. */
  fill(): void {
    for (const thread of [...this.#idle.keys()]) {
      if (this.#waiting.length === 0) return;
      clearTimeout(this.#idle.get(thread));
      this.#idle.delete(thread);
      this.free(thread);
    }
    const starting = this.threads.filter((thread) => !thread.ready && !thread.condemned).length;
    const wanted = Math.min(
      this.#waiting.length - starting,
      this.#options.max - (this.#threads.size - this.#joining.size),
    );
    for (let i = 0; i < wanted; i++) this.#threads.add(this.#options.open());
  }

  #rest(thread: PoolThread<J>): void {
    const timer = setTimeout(() => {
      this.remove(thread);
      this.#options.close(thread);
    }, IDLE_MS);
    this.#idle.set(thread, timer);
  }
}
