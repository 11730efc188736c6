import type { ProcessEntry, TimedEntry } from "./entries.js";
import * as batches from "./batch-rules.js";
import * as explained from "./explained-rules.js";
import * as keys from "./key-rules.js";
import * as limits from "./limit-rules.js";
import { livesOf, type Life, type Lives } from "./lives.js";
import * as outcome from "./outcome-rules.js";
import * as ownership from "./ownership-rules.js";
import * as progress from "./progress-rules.js";
import * as run from "./run-rules.js";
import * as streams from "./stream-rules.js";

/** What the broker of a history promises, and whether it tells what it does. */
export interface CheckOptions {
  /** A message that is sent again is recognised. */
  readonly dedupe: boolean;
  readonly maxRedeliveries: number;
  /** How long a dead worker stays unnoticed, at most. */
  readonly leaseMs: number;
  /** Redeliveries are counted exactly, and by message. */
  readonly exactRedeliveries: boolean;
  /** The history has the broker's own entries. */
  readonly tellsClaims: boolean;
  /** How long a dead worker's part of a task that runs once is left alone. */
  readonly partLeaseMs?: number;
  /** What tasks with limits promise. */
  readonly termsOf?: (task: string) => limits.LimitTerms | undefined;
}

/** Looks at all that is known of one id; returns what is wrong with it. */
export type Rule = (life: Life, lives: Lives, options: CheckOptions) => string | undefined;

/** Looks at all of a history; returns what is wrong with it. */
export type HistoryRule = (
  entries: readonly TimedEntry[],
  lives: Lives,
  options: CheckOptions,
) => readonly Pick<Violation, "id" | "message">[];

/** A rule that a history breaks. */
export interface Violation {
  readonly rule: string;
  readonly id: string;
  readonly message: string;
}

const { oneForAKey, ...keyed } = keys;
const RULES: Readonly<Record<string, Rule>> = {
  ...outcome,
  ...run,
  ...ownership,
  ...explained,
  ...keyed,
  ...streams,
  ...batches,
  ...progress,
};
const WHOLE: Readonly<Record<string, HistoryRule>> = { ...limits, oneForAKey };

/** What of a history is not as it is promised to be: nothing, if all is well. */
export function checkHistory(entries: readonly TimedEntry[], options: CheckOptions): Violation[] {
  const lives = livesOf(entries);
  const broken = [...lives.ids.values()].flatMap((life) =>
    Object.entries(RULES).flatMap(([rule, check]) => {
      const wrong = check(life, lives, options);
      return wrong === undefined ? [] : [{ rule, id: life.id, message: `${life.id} ${wrong}` }];
    }),
  );
  const whole = Object.entries(WHOLE).flatMap(([rule, check]) =>
    check(entries, lives, options).map(({ id, message }) => ({ rule, id, message: `${id} ${message}` })),
  );
  return [...broken, ...whole, ...checkRest(entries)];
}

/** When all is over the broker holds nothing, and the last workers could stop. */
function checkRest(entries: readonly TimedEntry[]): Violation[] {
  const rest = entries.find((entry) => entry.kind === "rest");
  if (rest === undefined) return [violation("it came to no end")];
  const { waiting, delayed, owned, held = 0 } = rest;
  const isEmpty = waiting + delayed + owned + held === 0;
  const calm = entries.findIndex((entry) => entry.kind === "calm");
  const lateStops = new Set(entries.flatMap((one, i) => (i > calm && isStep(one, "stops") ? [one.by] : [])));
  const unclean = entries.find((one) => isStep(one, "stopped") && one.clean === false && lateStops.has(one.by));
  return [
    ...(isEmpty
      ? []
      : [violation(`${waiting} messages wait, ${delayed} are delayed, ${owned} are owned, ${held} are held`)]),
    ...(unclean === undefined ? [] : [violation("a worker could not stop cleanly although nothing went wrong")]),
  ];
}

const isStep = (one: TimedEntry, what: string): one is ProcessEntry & TimedEntry =>
  one.kind === "process" && one.what === what;

const violation = (message: string): Violation => ({ rule: "atTheEnd", id: "-", message: `at the end ${message}` });
