import { parseArgs } from "node:util";
import type { Rounds } from "./rounds.js";

/** What a measure is given. */
export interface Settings {
  /** A private folder, removed at the end. */
  readonly folder: string;
  /** Tasks of one round of throughput. */
  readonly tasks: number;
  readonly rounds: Rounds;
}

/** The command line of the suite. */
export interface Arguments {
  /** Names of measures; all when empty. */
  readonly only: readonly string[];
  readonly tasks: number;
  readonly rounds: number;
  /** Whether what is measured replaces what docs/benchmarks.md says. */
  readonly write: boolean;
}

const LEAST_ROUNDS = 5;

export function readArguments(args: string[]): Arguments {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      tasks: { type: "string", default: "20000" },
      rounds: { type: "string", default: String(LEAST_ROUNDS) },
      write: { type: "boolean", default: false },
    },
  });
  return {
    only: positionals,
    tasks: count(values.tasks),
    rounds: count(values.rounds),
    write: values.write || positionals.length === 0,
  };
}

function count(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new RangeError(`${text} is not a number of tasks or rounds`);
}
