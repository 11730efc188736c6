import { describe, expect, it } from "vitest";
import { lineOf, type TimedEntry } from "../support/history/entries.js";
import { checkHistory, type Violation } from "../support/history/check.js";
import { type Fault, isRun, type Run } from "./fault.js";
import { Fleet, LEASE_MS } from "./fleet.js";
import { measure } from "./measure.js";
import { keepMeasured } from "./measured.js";
import { type PlaceName, places } from "./places.js";

const { TASKGEN_FAULTS: wanted = "quick", TASKGEN_FAULTS_ON: on } = process.env;

const TIMEOUT_MS = 180_000;

/** What may be lost with what a fault takes. */
const LOSSES = new Set(["notLost", "everyWaitEnds", "atTheEnd"]);

/**
 * Tests of all cells of these faults; skipped are those that are not wanted: `npm test` wants the quick ones, TASKGEN_FAULTS=all all,
 * `F7,F9` these. What was measured is kept where it was asked for.
 */
export function testFaults(faults: readonly Fault[]): void {
  for (const { id, title, cells } of faults) {
    const runs = Object.entries(cells).flatMap(([name, cell]) =>
      isRun(cell) ? [{ name: name as keyof typeof places, cell }] : [],
    );
    if (runs.length > 0) describe(`${id}: ${title}`, () => runs.forEach(({ name, cell }) => testCell(id, name, cell)));
  }
}

function testCell(id: string, name: keyof typeof places, cell: Run): void {
  const act = (): Promise<void> => tryFault(id, name, cell);
  it.skipIf(!isWanted(id, name, cell))((cell.place ?? places[name]).title, act, cell.timeoutMs ?? TIMEOUT_MS);
}

function isWanted(id: string, name: string, { quick = false }: Run): boolean {
  if (on !== undefined && !on.split(",").includes(name)) return false;
  if (wanted === "quick") return quick;
  return wanted === "all" || wanted.split(",").includes(id);
}

async function tryFault(id: string, name: Exclude<PlaceName, "memory">, cell: Run): Promise<void> {
  const place = cell.place ?? places[name];
  const fleet = await Fleet.start(place, cell.server);
  await cell.run(fleet);
  const history = await fleet.finish();
  if (cell.silent === true) expect(fleet.complaints()).toEqual([]);
  const { dedupe, exactRedeliveries } = place;
  const options = { dedupe, exactRedeliveries, maxRedeliveries: 3, leaseMs: LEASE_MS, tellsClaims: false };
  const found = checkHistory(history, options).filter(({ rule }) => cell.mayLose === undefined || !LOSSES.has(rule));
  expect(found.map((one) => told(one, history))).toEqual([]);
  if (wanted !== "quick") keepMeasured(id, name, measure(history));
}

/** A violation with all that is known of its call. */
function told({ rule, id, message }: Violation, history: readonly TimedEntry[]): string {
  const about = history.filter((one) => ("id" in one ? one.id === id : true));
  return [`${rule}: ${message}`, ...about.slice(0, 60).map((entry) => lineOf(entry, history[0]?.at))].join("\n");
}
