import { join } from "node:path";
import { CodegenProject } from "../codegen/commands.js";
import { alternate } from "../rounds.js";
import type { Settings } from "../settings.js";
import { spreadOf } from "../statistics.js";
import { number, spread, type Table } from "../table.js";

/** What `taskgen` costs in a project of 2,000 tasks, beside compilers that check the same files. */
export async function codegen({ folder, rounds }: Settings): Promise<Table> {
  const plain = await CodegenProject.create(join(folder, "plain"));
  const typed = await CodegenProject.create(join(folder, "typed"));
  await typed.accept();
  const rows = rowsOf(plain, typed);
  const times = await alternate(
    rows.map(({ name, run }) => ({ name, run, warmUp: run })),
    rounds,
  );
  const timesOf = (name: string): readonly number[] => times[rows.findIndex((row) => row.name === name)]!;
  const texts = rows.map(({ name, bar }) => {
    const own = timesOf(name);
    if (bar === undefined) return [name, spread(spreadOf(own)), "", ""];
    const [compared, text] = bar.of(own, timesOf);
    return [name, spread(spreadOf(own)), `${spread(spreadOf(compared))} ${text}`, `${number(bar.most)} ${text}`];
  });
  return { title: "Codegen: 2,000 tasks", about: ABOUT, columns: ["what", "ms", "compared", "at most"], rows: texts };
}

const ABOUT =
  "1,000 files with two tasks each, over 20 shared files with ten interfaces in a chain; half of the tasks say what they return; the generated client of all. " +
  "`taskgen` writes client and registry; in a project with a contract it reads types, and writes validators too. " +
  "Each row is a process of its own, its start included, the last three apart: those are one edit within a process that lives on. " +
  'An edit is one of a body that decides no type, of a parameter whose type is "written", or of a result that is "inferred"; ' +
  "what types take is the difference to the run without a contract.";

/** What a row is held to. */
interface Bar {
  readonly most: number;
  /** The compared numbers, one for each round, and what they are. */
  readonly of: (own: readonly number[], timesOf: TimesOf) => readonly [compared: readonly number[], text: string];
}

type TimesOf = (name: string) => readonly number[];

interface Row {
  readonly name: string;
  readonly run: () => Promise<number>;
  readonly bar?: Bar;
}

const TSC_7 = "tsc 7 --noEmit";
const TSC_6 = "tsc 6.0 --noEmit";
const NODE = "bare node";

const ratioTo = (name: string, most: number): Bar => ({
  most,
  of: (own, timesOf) => [own.map((ms, round) => ms / timesOf(name)[round]!), `x ${name.slice(0, 5)}`],
});

const overNode = (most: number): Bar => ({
  most,
  of: (own, timesOf) => [own.map((ms, round) => (ms - timesOf(NODE)[round]!) / 1000), "s over node"],
});

const seconds = (most: number): Bar => ({ most, of: (own) => [own.map((ms) => ms / 1000), "s"] });

const UNTYPED = "no contract, one file changed";

/** How much longer a run takes that reads types. */
const ofTypes = (most: number): Bar => ({
  most,
  of: (own, timesOf) => [own.map((ms, round) => (ms - timesOf(UNTYPED)[round]!) / 1000), "s of types"],
});

const rowsOf = (plain: CodegenProject, typed: CodegenProject): readonly Row[] => [
  { name: NODE, run: plain.bareNode },
  { name: TSC_7, run: plain.check7 },
  { name: TSC_6, run: plain.check6 },
  { name: "no contract, nothing known", run: () => plain.generateAnew(), bar: ratioTo(TSC_7, 1.2) },
  { name: "no contract, nothing changed", run: plain.generate, bar: overNode(0.3) },
  { name: UNTYPED, run: () => plain.generateAfter("written"), bar: seconds(0.5) },
  { name: "contract, nothing known", run: () => typed.generateAnew(), bar: ratioTo(TSC_6, 1.1) },
  { name: "contract, nothing changed", run: typed.generate, bar: overNode(0.3) },
  { name: "contract, one body changed", run: () => typed.generateAfter("body"), bar: ofTypes(0.5) },
  { name: "contract, one written type changed", run: () => typed.generateAfter("written"), bar: ofTypes(0.5) },
  { name: "contract, one inferred type changed", run: () => typed.generateAfter("inferred"), bar: ofTypes(0.5) },
  { name: "watching, one body", run: () => typed.watch("body"), bar: seconds(0.1) },
  { name: "watching, one written type", run: () => typed.watch("written"), bar: seconds(0.1) },
  { name: "watching, one inferred type", run: () => typed.watch("inferred"), bar: seconds(0.1) },
];
