import type { Entry } from "./entry.js";
import type { Job } from "./pool.js";
import type { Child } from "./child.js";

/** A child without work ends after this. */
const IDLE_MS = 1_000;

export interface SolosOptions<J extends Job> {
  /** How many run at once. */
  readonly max: number;
  readonly open: () => Child<J>;
  readonly close: (child: Child<J>) => void;
}

/** Children that run one job each: isolated ones, and those suspected of having ended a child. */
export class Solos<J extends Job> {
  readonly #options: SolosOptions<J>;
  readonly #children = new Set<Child<J>>();
  /** Those whose job waits for another: they leave their place to a further child. */
  readonly #joining = new Set<Child<J>>();
  readonly #idle = new Map<Child<J>, NodeJS.Timeout>();
  #waiting: Entry<J>[] = [];

  constructor(options: SolosOptions<J>) {
    this.#options = options;
  }

  get children(): readonly Child<J>[] {
    return [...this.#children];
  }

  has(child: Child<J>): boolean {
    return this.#children.has(child);
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
  free(child: Child<J>): void {
    if (!this.#children.has(child) || !child.ready || child.leaving || child.assigned.size > 0) return;
    const next = this.#waiting.shift();
    if (next === undefined) this.#rest(child);
    else child.post([next]);
  }

  joining(child: Child<J>, waiting: boolean): void {
    if (!waiting) this.#joining.delete(child);
    else if (this.#children.has(child)) this.#joining.add(child);
    this.fill();
  }

  remove(child: Child<J>): void {
    clearTimeout(this.#idle.get(child));
    this.#idle.delete(child);
    this.#joining.delete(child);
    this.#children.delete(child);
  }

  stop(): void {
    this.#waiting = [];
    for (const timer of this.#idle.values()) clearTimeout(timer);
    this.#idle.clear();
  }

  /** Gives waiting jobs to idle children, and starts children while there may be more. */
  fill(): void {
    for (const child of [...this.#idle.keys()]) {
      if (this.#waiting.length === 0) return;
      clearTimeout(this.#idle.get(child));
      this.#idle.delete(child);
      this.free(child);
    }
    const starting = this.children.filter((child) => !child.ready && !child.leaving).length;
    const wanted = Math.min(
      this.#waiting.length - starting,
      this.#options.max - (this.#children.size - this.#joining.size),
    );
    for (let i = 0; i < wanted; i++) this.#children.add(this.#options.open());
  }

  #rest(child: Child<J>): void {
    const timer = setTimeout(() => {
      this.remove(child);
      this.#options.close(child);
    }, IDLE_MS);
    this.#idle.set(child, timer);
  }
}
