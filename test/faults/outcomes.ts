import type { HistoryEntry, TimedEntry } from "../support/history/entries.js";
import type { Fleet } from "./fleet.js";

type Timed<K extends HistoryEntry["kind"]> = Extract<TimedEntry, { readonly kind: K }>;

/** All that is known of the calls of one task. */
export interface Outcomes {
  readonly starts: readonly Timed<"start">[];
  /** `SUCCESS`, or the code of the error, of each call. */
  readonly states: readonly string[];
}

export const ofKind = <K extends HistoryEntry["kind"]>(history: readonly TimedEntry[], kind: K): Timed<K>[] =>
  history.filter((entry): entry is Timed<K> => entry.kind === kind);

export const times = (count: number, state: string): string[] => Array.from({ length: count }, () => state);

/** With how many deaths one of these runs began, at most. */
export const mostRedeliveries = (starts: readonly { readonly redeliveries: number }[]): number =>
  Math.max(0, ...starts.map(({ redeliveries }) => redeliveries));

/** What became of the calls of a task until now. */
export function outcomesOf(history: readonly TimedEntry[], task: string): Outcomes {
  const ids = new Set(ofKind(history, "call").flatMap((call) => (call.task === task ? [call.id] : [])));
  const outcomes = ofKind(history, "outcome").filter(({ id }) => ids.has(id));
  return {
    starts: ofKind(history, "start").filter(({ id }) => ids.has(id)),
    states: outcomes.map(({ state, value }) => (state === "SUCCESS" ? state : value)),
  };
}

/** Resolves when every call so far, or every one of a task, has come to something; `count` says how many there are. */
export function settled(fleet: Fleet, count: number, task?: string): Promise<void> {
  const isAll = (history: readonly TimedEntry[]): boolean =>
    (task === undefined ? ofKind(history, "outcome") : outcomesOf(history, task).states).length >= count;
  return fleet.until(`${count} outcomes${task === undefined ? "" : ` of ${task}`}`, isAll, 120_000);
}
