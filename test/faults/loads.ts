import { eventually } from "../support/eventually.js";
import { isTold, type SentEntry } from "../support/history/entries.js";
import type { CallSpec } from "./fleet-processes.js";
import type { Fleet } from "./fleet.js";

/** How loud a fleet is. */
export interface Load {
  /** A producer for each. @default tasks that just run, that are retried, and that are acknowledged before they run */
  readonly kinds?: readonly ("work" | "flaky" | "early")[];
  /** Calls of each kind, every 100 ms. */
  readonly calls?: number;
  /** How long a task takes that does no more than that, in milliseconds. */
  readonly takesMs?: number;
  /** How long callers wait for an outcome. @default as long as it takes */
  readonly waitMs?: number;
}

/**
 * Two workers under load. Once a hundred tasks have begun, a fault may be made. The answer lets work go on, and ends
 * the load.
 */
export async function loaded(fleet: Fleet, load: Load = {}): Promise<() => Promise<void>> {
  const { kinds = ["work", "flaky", "early"], calls = 10, takesMs = 5, waitMs } = load;
  const specs = kinds.map((task) => ({ ...specOf(task, takesMs), ...(waitMs && { waitMs }) }));
  const producers = await Promise.all(specs.map(() => fleet.producer()));
  await fleet.workers(2);
  await Promise.all(producers.map((producer, i) => producer.load(specs[i]!, calls, 100)));
  await fleet.started(100);
  return async () => {
    await begunAnew(fleet);
    await Promise.all(producers.map((producer) => producer.pause()));
  };
}

function specOf(task: "work" | "flaky" | "early", takesMs: number): CallSpec {
  if (task === "flaky") return { task, args: [2, "300ms"] };
  return { task, args: [takesMs], early: task === "early" };
}

/** How many runs have begun. */
const startsIn = (fleet: Fleet): number => fleet.history().filter(({ kind }) => kind === "start").length;

/** Resolves when fifty more tasks have begun. */
export const begunAnew = (fleet: Fleet): Promise<void> => fleet.started(startsIn(fleet) + 50);

/** How many calls ended in this way. */
export const sentOf = (fleet: Fleet, how: SentEntry["how"]): number =>
  fleet.history().filter((entry) => entry.kind === "sent" && entry.how === how).length;

/** How many were taken and have not begun. */
export function waiting(fleet: Fleet): number {
  const begun = new Set(fleet.history().flatMap((entry) => (entry.kind === "start" ? [entry.id] : [])));
  return fleet.history().filter((entry) => entry.kind === "sent" && entry.how === "ok" && !begun.has(entry.id)).length;
}

/** Resolves when whoever called one of those that were taken by now was told what came of it. */
export async function allAreTold(fleet: Fleet, within = 60_000): Promise<void> {
  const taken = fleet.history().flatMap((entry) => (entry.kind === "sent" && entry.how === "ok" ? [entry.id] : []));
  const areTold = (): boolean => {
    const told = new Set(fleet.history().flatMap((entry) => (entry.kind === "outcome" ? [entry.id] : [])));
    return taken.every((id) => told.has(id));
  };
  await eventually(areTold, { what: "the outcomes of all calls", within, every: 100 });
}

/** @throws when a call was refused, or was not known to be taken: for faults of which callers are to see nothing. */
export function expectAllTaken(fleet: Fleet): void {
  const [refused, unknown] = [sentOf(fleet, "certain"), sentOf(fleet, "unknown")];
  const untold = fleet.history().filter((entry) => entry.kind === "outcome" && !isTold(entry)).length;
  if (refused + unknown + untold > 0)
    throw new Error(`${refused} calls were refused, ${unknown} uncertain, ${untold} rejected while they waited`);
}
