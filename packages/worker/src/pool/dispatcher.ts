import { Balance } from "./balance.js";
import type { Crew } from "./crew.js";
import { runsAlone, type Entry } from "./entry.js";
import type { Ended, Job } from "./pool.js";
import type { Solos } from "./solos.js";
import { spread } from "./spread.js";
import type { Child } from "./child.js";

/** Jobs that take less than this are given out in larger chunks. */
const SHORT_MS = 1;
const SHORT_CHUNK = 64;

/** Decides which child gets which job, and has the jobs that no child takes yet. */
export class Dispatcher<J extends Job> {
  readonly #crew: Crew<J>;
  readonly #solos: Solos<J>;
  readonly #balance: Balance<J>;
  #backlog: Entry<J>[] = [];
  #meanMs = SHORT_MS;

  constructor({ crew, solos }: { readonly crew: Crew<J>; readonly solos: Solos<J> }) {
    this.#crew = crew;
    this.#solos = solos;
    this.#balance = new Balance({ children: () => crew.ready, give: (entries, to) => this.#give(entries, to) });
  }

  dispatch(entries: readonly Entry<J>[]): void {
    const alone = entries.filter(runsAlone);
    if (alone.length > 0) this.#solos.run(alone);
    const together = alone.length === 0 ? entries : entries.filter((entry) => !runsAlone(entry));
    const { ready } = this.#crew;
    const turning = ready.filter(({ blocked }) => !blocked);
    this.#give(together, turning.length > 0 ? turning : ready);
  }

  /** A child is ready. */
  ready(child: Child<J>): void {
    this.#solos.free(child);
    this.dispatch(this.#backlog.splice(0));
    this.#balance.move();
  }

  /** A child ended jobs. */
  ended(child: Child<J>, batch: readonly Ended<J>[]): void {
    const mean = batch.reduce((sum, { runtimeMs }) => sum + runtimeMs, 0) / batch.length;
    this.#meanMs = (this.#meanMs + mean) / 2;
    this.#solos.free(child);
  }

  /** Forgets a job that no child has. */
  drop(entry: Entry<J>): void {
    this.#solos.drop(entry);
    this.#backlog = this.#backlog.filter((waiting) => waiting !== entry);
  }

  /** How many jobs wait for a child with room; of those that run alone none. */
  get waiting(): number {
    const unclaimed = this.#crew.children.reduce((sum, { assigned }) => sum + assigned.load.unclaimed, 0);
    return this.#backlog.length + unclaimed;
  }

  /** How many jobs are with the children that share, or wait for one. */
  get outstanding(): number {
    return this.#backlog.length + this.#crew.children.reduce((sum, { assigned }) => sum + assigned.size, 0);
  }

  /** Takes back all jobs that have not begun. */
  take(): readonly Entry<J>[] {
    const unclaimed = [...this.#crew.children, ...this.#solos.children].flatMap(({ assigned }) => assigned.take());
    return [...this.#backlog.splice(0), ...this.#solos.take(), ...unclaimed];
  }

  stop(): void {
    this.#balance.stop();
  }

  #give(entries: readonly Entry<J>[], children: readonly Child<J>[]): void {
    if (entries.length === 0) return;
    if (children.length === 0) return void this.#backlog.push(...entries);
    const targets = children.map(({ assigned }) => ({ outstanding: assigned.size }));
    let from = 0;
    spread(targets, entries.length, this.#meanMs < SHORT_MS ? SHORT_CHUNK : 1).forEach((share, i) => {
      if (share > 0) children[i]!.post(entries.slice(from, (from += share)));
    });
    this.#balance.watch();
  }
}
