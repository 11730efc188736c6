import type { CheckOptions, HistoryRule } from "./check.js";
import type { StartEntry, TimedEntry } from "./entries.js";
import type { Lives } from "./lives.js";
import { RunningTries } from "./running-tries.js";

/** At most so many starts within a window, wherever it begins. */
export interface RateTerms {
  readonly count: number;
  readonly windowMs: number;
}

/** What a limited task promises. */
export interface LimitTerms {
  /** Of one key at once. */
  readonly concurrency: number | undefined;
  readonly rate: RateTerms | undefined;
  /** Of one key. */
  readonly keyRate: RateTerms | undefined;
}

/** A slot that nobody renews is free after a minute; and what waits is looked for now and then. */
const SLOTS_FREE_MS = 75_000;
const LOOKED_FOR_MS = 30_000;
/** More than a start may be late. */
const LATE_MS = 100;

/** Of one key no more run at once than allowed, unless an owner was taken for dead. */
export const concurrencyKept: HistoryRule = (entries, lives, options) => {
  const tries = new RunningTries();
  for (const entry of entries) {
    tries.note(entry);
    if (entry.kind !== "start") continue;
    const { group, terms } = limitOf(entry.id, lives, options);
    if (terms?.concurrency === undefined) continue;
    const running = tries.begin(entry, group);
    if (running > terms.concurrency)
      return [{ id: entry.id, message: `began as one of ${running} of ${group}; ${terms.concurrency} are allowed` }];
  }
  return [];
};

/** No window has more starts than the rate says. */
export const rateKept: HistoryRule = (entries, lives, options) => {
  const starts = new Map<string, { readonly rate: RateTerms; readonly times: number[] }>();
  for (const entry of entries) {
    if (entry.kind !== "start" || sharesItsTime(entry, lives)) continue;
    const { group, task, terms } = limitOf(entry.id, lives, options);
    for (const [of, rate] of [[task, terms?.rate] as const, [group, terms?.keyRate] as const]) {
      if (rate === undefined) continue;
      const { times } = starts.get(of) ?? { rate, times: [] };
      starts.set(of, { rate, times: [...times, entry.at] });
      const first = times.at(-rate.count);
      if (first !== undefined && entry.at - first < rate.windowMs) return [tooMany(entry, of, rate)];
    }
  }
  return [];
};

/** A message whose owner is taken for dead, or a copy of it, keeps its time: it may have been used. */
const sharesItsTime = ({ id, at, run }: StartEntry & { readonly at: number }, { ids }: Lives): boolean =>
  ids.get(id)!.starts.some((other) => other.run < run && at - other.at < LATE_MS);

const tooMany = (
  { id }: { readonly id: string },
  of: string,
  { count, windowMs }: RateTerms,
): { id: string; message: string } => ({
  id,
  message: `is one more start of ${of} than ${count} within ${windowMs} ms`,
});

/** When all is calm nothing waits for its limit while nothing runs. */
export const nobodyForgotten: HistoryRule = (entries) => {
  const calm = entries.find(({ kind }) => kind === "calm")?.at ?? Infinity;
  const held = new Set<string>();
  const running = new Set<number>();
  let idleSince = calm + SLOTS_FREE_MS;
  for (const entry of entries) {
    if (held.size > 0 && running.size === 0 && entry.at - idleSince > LOOKED_FOR_MS)
      return [{ id: [...held][0]!, message: "waited for its limit, although nothing ran" }];
    if (entry.kind === "held") held.add(entry.id);
    if (entry.kind === "enqueued" || entry.kind === "record") held.delete(entry.id);
    if (entry.kind === "start") running.add(entry.run);
    if (entry.kind === "end") running.delete(entry.run);
    if (isEvent(entry)) idleSince = Math.max(entry.at, idleSince);
  }
  return [];
};

const isEvent = ({ kind }: TimedEntry): boolean => ["held", "enqueued", "start", "end"].includes(kind);

interface Limit {
  readonly task: string;
  readonly group: string;
  readonly terms: LimitTerms | undefined;
}

function limitOf(id: string, { ids }: Lives, { termsOf }: CheckOptions): Limit {
  const call = ids.get(id)?.call;
  const task = call?.task ?? "?";
  return { task, group: `${task} ${call?.key ?? ""}`, terms: termsOf?.(task) };
}
