import type { Command } from "commander";
import { CliError } from "../cli-error.js";
import { loadCodegen } from "../load-codegen.js";
import type { Terminal } from "../terminal.js";

const HELP = `
Examples:
  $ npx taskgen explain TG2001
  $ npx taskgen explain                every code with its title

Exit codes: 0 it is shown; 1 there is no such code.`;

/** Defines `taskgen explain`. */
export function describeExplain(command: Command): Command {
  return command
    .description("print the long form of a finding")
    .argument("[code]", "such as TG2001")
    .addHelpText("after", HELP);
}

/** Prints an explanation, or the list of all; resolves to the exit code. */
export async function runExplain(code: string | undefined, terminal: Terminal): Promise<number> {
  const { EXPLANATIONS } = await loadCodegen(terminal.cwd);
  const titles = Object.entries(EXPLANATIONS).map(([known, { title }]) => `${known}  ${title}\n`);
  if (code === undefined) {
    terminal.print(titles.join(""));
    return 0;
  }
  const found = Object.entries(EXPLANATIONS).find(([known]) => known === code.toUpperCase());
  if (found === undefined) {
    throw new CliError("USAGE", `there is no code ${JSON.stringify(code)}; \`npx taskgen explain\` lists all`);
  }
  const [known, { title, text }] = found;
  terminal.print(`${known}: ${title}\n\n${text}\n`);
  return 0;
}
