import { livesOf } from "../support/history/lives.js";
import { isTold, type TimedEntry } from "../support/history/entries.js";
import { runningIn } from "./fleet.js";
import type { Measured } from "./measured.js";

/** The numbers of a history that has come to its end. */
export function measure(history: readonly TimedEntry[]): Measured {
  const lives = [...livesOf(history).ids.values()];
  const ok = lives.filter(({ sent }) => sent === "ok");
  const isLost = ok.filter(
    ({ call, outcomes, ends }) => !outcomes.some(isTold) && (call?.ignoreResult !== true || ends.length === 0),
  );
  const isTwice = lives.filter(({ starts }) => new Set(starts.map(({ retries }) => retries)).size < starts.length);
  return {
    sent: ok.length,
    unknown: lives.filter(({ sent }) => sent === "unknown").length,
    lost: isLost.length,
    runTwice: isTwice.length,
    recoveryMs: Math.max(0, ...history.flatMap((entry, index) => recovery(history, entry, index))),
  };
}

/** How long it took after the end of a fault until work went on: with what it had interrupted, otherwise with anything. */
function recovery(history: readonly TimedEntry[], fault: TimedEntry, index: number): number[] {
  const isCrash = fault.kind === "process" && fault.what === "crashed";
  const isHealed = fault.kind === "fault" && fault.what.startsWith("ends");
  if (!isCrash && !isHealed) return [];
  const from = isCrash ? (healed(history, index) ?? index) : index;
  const after = history.slice(from + 1);
  const cut = isCrash ? interrupted(history.slice(0, index), fault.by) : [];
  const goesOn = cut.map((id) => after.find((one) => isProgress(one) && one.id === id));
  const found = cut.length > 0 ? goesOn : [after.find(isProgress)];
  return found.flatMap((one) => (one === undefined ? [] : [one.at - history[from]!.at]));
}

/** Where the fault ends in the middle of which something happened. */
function healed(history: readonly TimedEntry[], index: number): number | undefined {
  const next = history.findIndex((one, i) => i > index && one.kind === "fault" && one.by === "test");
  const edge = history[next];
  return edge?.kind === "fault" && edge.what.startsWith("ends") ? next : undefined;
}

const isProgress = (entry: TimedEntry): entry is Extract<TimedEntry, { kind: "start" | "outcome" }> =>
  entry.kind === "start" || entry.kind === "outcome";

/** The ids that a process was in the middle of. */
function interrupted(before: readonly TimedEntry[], by: string): string[] {
  const open = new Set(runningIn(before, by));
  return before.flatMap((one) => (one.kind === "start" && open.has(one.run) ? [one.id] : []));
}
