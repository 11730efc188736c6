// What was measured is kept in bench/measured, a file for each measure, so that one can be measured anew without the others.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { machine } from "./machine.js";
import { MEASURES } from "./measures/all.js";
import type { Table } from "./table.js";

/** What a measure came to, when and where. */
export interface Measured {
  readonly name: string;
  /** `2026-11-23`. */
  readonly date: string;
  /** What the numbers depend on, in lines. */
  readonly machine: readonly string[];
  /** The command that measures it again. */
  readonly command: string;
  readonly tables: readonly Table[];
}

const folder = new URL("../measured/", import.meta.url);
const fileOf = (name: string): URL => new URL(`${name}.json`, folder);

export async function keep(name: string, tables: readonly Table[]): Promise<void> {
  const command = ["npm run bench --", name, ...process.argv.slice(2).filter((word) => !Object.hasOwn(MEASURES, word))];
  const date = new Date().toISOString().slice(0, 10);
  const measured: Measured = { name, date, machine: await machine(), command: command.join(" "), tables };
  await mkdir(folder, { recursive: true });
  await writeFile(fileOf(name), `${JSON.stringify(measured, undefined, 2)}\n`);
}

/** All that was kept, in the order of the measures. */
export async function kept(): Promise<Measured[]> {
  const all = await Promise.all(Object.keys(MEASURES).map(read));
  return all.filter((measured) => measured !== undefined);
}

async function read(name: string): Promise<Measured | undefined> {
  try {
    return JSON.parse(await readFile(fileOf(name), "utf8")) as Measured;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
