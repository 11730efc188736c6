import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { lineOf, type TimedEntry } from "../support/history/entries.js";
import { checkHistory, type Violation } from "../support/history/check.js";
import type { Fault, Measured, Run } from "./fault.js";
import { isRun } from "./fault.js";
import { Fleet, LEASE_MS } from "./fleet.js";
import { measure } from "./measure.js";
import { type PlaceName, places } from "./places.js";

const { TASKGEN_FAULTS: wanted = "quick", TASKGEN_FAULTS_ON: on } = process.env;

/** What may be lost with what a fault takes. */
const LOSSES = new Set(["notLost", "everyWaitEnds", "atTheEnd"]);

/**
 * Tests of all cells of these faults that are wanted: the quick ones, with TASKGEN_FAULTS=all every one, with `F7,F9` these. What was
 * measured is kept where all or some were asked for.
 */
export function testFaults(faults: readonly Fault[]): void {
  for (const { id, title, cells } of faults) {
    const runs = Object.entries(cells).flatMap(([name, cell]) =>
      isRun(cell) && isWanted(id, name, cell) ? [{ name: name as keyof typeof places, cell }] : [],
    );
    if (runs.length === 0) continue;
    describe(`${id}: ${title}`, () => {
      it.each(runs.map((run) => [places[run.name].title, run] as const))(
        "%s",
        (_, { name, cell }) => tryFault(id, name, cell),
        300_000,
      );
    });
  }
}

function isWanted(id: string, name: string, { quick = false }: Run): boolean {
  if (on !== undefined && !on.split(",").includes(name)) return false;
  if (wanted === "quick") return quick;
  return wanted === "all" || wanted.split(",").includes(id);
}

async function tryFault(id: string, name: Exclude<PlaceName, "memory">, cell: Run): Promise<void> {
  const fleet = await Fleet.start(name, cell.server);
  await cell.run(fleet);
  const history = await fleet.finish();
  const { dedupe, exactRedeliveries } = places[name];
  const options = { dedupe, exactRedeliveries, maxRedeliveries: 3, leaseMs: LEASE_MS, tellsClaims: false };
  const found = checkHistory(history, options).filter(({ rule }) => cell.mayLose === undefined || !LOSSES.has(rule));
  expect(found.map((one) => told(one, history))).toEqual([]);
  if (wanted !== "quick") keep(id, name, measure(history));
}

/** A violation with all that is known of its call. */
function told({ rule, id, message }: Violation, history: readonly TimedEntry[]): string {
  const about = history.filter((one) => ("id" in one ? one.id === id : true));
  return [`${rule}: ${message}`, ...about.slice(0, 60).map((entry) => lineOf(entry, history[0]?.at))].join("\n");
}

/** Writes down what `docs/reliability.md` is made of. */
function keep(id: string, name: string, measured: Measured): void {
  const dir = new URL("measured/", import.meta.url);
  mkdirSync(dir, { recursive: true });
  const file = new URL(`${id}.json`, dir);
  const others = read(file);
  writeFileSync(file, `${JSON.stringify({ ...others, [name]: measured }, undefined, 2)}\n`);
}

function read(file: URL): Readonly<Record<string, Measured>> {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, Measured>>;
  } catch {
    return {};
  }
}
