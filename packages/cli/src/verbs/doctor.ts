import type { Command } from "commander";
import { addConnectionOptions, applyConnectionOptions, type ConnectionOptions } from "../connection-options.js";
import { cleanLine, maskCredentials } from "../clean-text.js";
import type { Finding } from "../doctor/finding.js";
import type { Terminal } from "../terminal.js";

export interface DoctorVerbOptions extends ConnectionOptions {
  readonly config?: string;
}

const HELP = `
Looks at what a report of a fault needs first: versions, packages that are installed twice, the configuration, generated files
that are stale, whether the broker answers, and what each failure would take of the tasks that it has. Changes nothing, but that a SQLite file which is not
there yet is made as by the first call.

Examples:
  $ npx taskgen doctor
  $ npx taskgen doctor --broker redis://localhost

Exit codes: 0 nothing is wrong; 1 something is.`;

/** Defines `taskgen doctor`. */
export function describeDoctor(command: Command): Command {
  return addConnectionOptions(command.description("look for what is wrong with the set-up"))
    .option("--config <path>", "the configuration (default: taskgen.config.{ts,mts,js,mjs})")
    .addHelpText("after", HELP);
}

const MARKS = { ok: "ok  ", note: "note", wrong: "BAD " } as const satisfies Record<Finding["level"], string>;

/** Shows one line for each thing that was looked at; resolves to the exit code. */
export async function runDoctor(options: DoctorVerbOptions, terminal: Terminal): Promise<number> {
  applyConnectionOptions(options, terminal);
  const { checkBroker, checkPackages, checkProject } = await import("../doctor/checks.js");
  let wrong = 0;
  const show = ({ level, what, fix }: Finding): void => {
    if (level === "wrong") wrong++;
    const text = fix === undefined ? what : `${what}; ${fix}`;
    terminal.print(`${MARKS[level]}  ${cleanLine(maskCredentials(text))}\n`);
  };
  for (const finding of checkPackages(terminal.cwd)) show(finding);
  for (const finding of await checkProject(terminal.cwd, options.config)) show(finding);
  const { findings, losses } = await checkBroker(terminal.cwd, options);
  for (const finding of findings) show(finding);
  if (losses !== undefined) terminal.print(losses);
  terminal.print(
    wrong === 0 ? "\nnothing is wrong\n" : `\n${wrong} ${wrong === 1 ? "thing is" : "things are"} wrong\n`,
  );
  return wrong === 0 ? 0 : 1;
}
