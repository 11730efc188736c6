import type { Child } from "./child.js";
import type { Crew } from "./crew.js";
import type { Entry } from "./entry.js";
import { separate, type Death } from "./fate.js";
import type { Ended, Job } from "./pool.js";
import type { Spent } from "./protocol.js";
import { Retirements } from "./retire.js";
import type { Solos } from "./solos.js";

const DEFAULT_KILL_GRACE_MS = 5_000;

export interface DeparturesOptions<J extends Job> {
  readonly crew: Crew<J>;
  readonly solos: Solos<J>;
  readonly killGraceMs: number | undefined;
  /** Gives jobs to other children. */
  readonly dispatch: (entries: readonly Entry<J>[]) => void;
  readonly end: (batch: readonly Ended<J>[]) => void;
  readonly onWarning: (error: Error) => void;
  readonly onHopeless: (error: Error) => void;
}

/** How children leave a pool, and what becomes of their jobs. */
export class Departures<J extends Job> {
  readonly #options: DeparturesOptions<J>;
  readonly #retirements: Retirements<J>;

  constructor(options: DeparturesOptions<J>) {
    this.#options = options;
    this.#retirements = new Retirements({ onZombie: options.onWarning, onHopeless: options.onHopeless });
  }

  /** Ends a child by force and lets others take its place. n.b. one that runs alone has no others to wait for. */
  condemn(child: Child<J>): void {
    const { solos, killGraceMs = DEFAULT_KILL_GRACE_MS } = this.#options;
    child.condemned = true;
    this.#leave(child);
    this.#retirements.force(child, solos.has(child) ? 0 : killGraceMs);
  }

  /** Ends a child in good order and lets others take its place. */
  release(child: Child<J>): void {
    this.#leave(child);
    this.#retirements.release(child);
  }

  /** A child begins no more jobs. */
  spent(child: Child<J>, why: Spent): void {
    if (why.limit === "memory") {
      const used = Math.ceil(why.bytes / 2 ** 20);
      const text = `a pool ${child.kind} uses ${used} MB, more than maxMemoryPerChild; another one takes its place`;
      this.#options.onWarning(new Error(text));
    }
    if (!child.leaving) this.release(child);
  }

  /** A child is gone, whoever ended it. */
  gone(child: Child<J>, error: Error): void {
    const { crew, solos } = this.#options;
    if (!child.condemned) this.#noteDeath(child, error);
    this.#relocate(child, { condemned: child.condemned, kind: child.kind, reason: error.message });
    crew.replace(child);
    if (!crew.pausing) solos.fill();
  }

  /** Resolves when nobody is leaving any more. */
  finished(): Promise<void> {
    return this.#retirements.finished();
  }

  #leave(child: Child<J>): void {
    child.leaving = true;
    this.#options.crew.fill();
    this.#options.dispatch(child.assigned.take());
  }

  #noteDeath(child: Child<J>, cause: Error): void {
    this.#options.onWarning(new Error(`a pool ${child.kind} died: ${cause.message}`, { cause }));
    if (!child.proven && child.assigned.load.claimed === 0) this.#options.crew.noteStart(cause);
  }

  /** Gives the jobs of a child that is gone to others, or ends them. */
  #relocate({ assigned }: Child<J>, death: Death): void {
    const { entries } = assigned;
    const { again, ended } = separate(entries, death);
    for (const entry of entries) assigned.remove(entry);
    this.#options.dispatch(again);
    this.#options.end(ended);
  }
}
