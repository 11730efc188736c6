import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { PlaceName } from "./places.js";

/** What was measured of one cell. */
export interface Measured {
  /** Calls that the broker took. */
  readonly sent: number;
  /** Calls whose caller was told that they may have been taken. */
  readonly unknown: number;
  /** Calls that the broker took and that came to nothing. */
  readonly lost: number;
  /** Calls that ran once more than they were sent and retried. */
  readonly runTwice: number;
  /** From the end of the last fault until work went on: with what the fault had interrupted, if anything. Milliseconds. */
  readonly recoveryMs: number;
}

/** What was measured of a fault, by place. */
export type MeasuredFault = Readonly<Partial<Record<PlaceName, Measured>>>;

const fileOf = (id: string): URL => new URL(`measured/${id}.json`, import.meta.url);

export function readMeasured(id: string): MeasuredFault {
  return existsSync(fileOf(id)) ? (JSON.parse(readFileSync(fileOf(id), "utf8")) as MeasuredFault) : {};
}

/** Writes down what `docs/reliability.md` is made of. */
export function keepMeasured(id: string, place: PlaceName, measured: Measured): void {
  mkdirSync(new URL("measured/", import.meta.url), { recursive: true });
  writeFileSync(fileOf(id), `${JSON.stringify({ ...readMeasured(id), [place]: measured }, undefined, 2)}\n`);
}
