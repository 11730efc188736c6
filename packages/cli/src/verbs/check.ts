import { Option, type Command } from "commander";
import type { ContractFile, Diagnostic, DiagnosticFormat, GeneratedFile } from "@taskgen/codegen";
import { readBaseline } from "../baseline.js";
import { loadCodegen } from "../load-codegen.js";
import { isError, readTypes, type TypedProject } from "../read-project.js";
import type { Terminal } from "../terminal.js";

export interface CheckVerbOptions {
  readonly against?: string | true;
  readonly mode?: Mode;
  readonly config?: string;
  readonly format: DiagnosticFormat;
}

const MODES = ["backlog", "full", "full-transitive", "none"] as const;
type Mode = (typeof MODES)[number];

const HELP = `
Reads the types of all tasks: would every argument and result survive the trip, are the generated files and
tasks.contract.json what the code says, and, with --against, does a change break what is deployed? Writes nothing.

  backlog          messages in the queue, and clients that are not deployed yet, must go on working (the default)
  full             workers that are not deployed yet as well, for those who deploy clients first or roll back
  full-transitive  the same against every contract of the history
  none             no change is breaking

Examples:
  $ npx taskgen check
  $ npx taskgen check --against main
  $ npx taskgen check --against                          in a pull request: the branch it goes to
  $ npx taskgen check --against deployed.contract.json --mode full --format github

Exit codes: 0 all is well; 1 the tasks have errors; 2 something is stale; 3 a change is breaking.`;

/** Defines `taskgen check`. */
export function describeCheck(command: Command): Command {
  return command
    .description("check types, generated files and the contract")
    .option("--against [baseline]", "a git ref, or the path of a contract")
    .addOption(new Option("--mode <mode>", "which changes are breaking").choices(MODES))
    .option("--config <path>", "the configuration (default: taskgen.config.{ts,mts,js,mjs})")
    .addOption(
      new Option("--format <format>", "how findings are written")
        .choices(["pretty", "json", "github"])
        .default("pretty"),
    )
    .addHelpText("after", HELP);
}

/** Checks; resolves to the exit code. */
export async function runCheck(options: CheckVerbOptions, terminal: Terminal): Promise<number> {
  const project = await readTypes(options.config, terminal);
  const report = new Report(options.format, terminal);
  if (project.contract === undefined || project.diagnostics.some(isError)) return report.end(project.diagnostics, 1);
  const { staleDiagnostics } = await loadCodegen(terminal.cwd);
  const stale = project.files.filter(({ status }) => status === "stale");
  const lock = project.lock === undefined ? [] : staleDiagnostics(currentOf(project, terminal), project.lock);
  const changes = await compare(project, options, terminal);
  // n.b. what breaks comes first, and alone: `accept` and `taskgen` do not help there
  if (changes.some(isError)) return report.end([...project.diagnostics, ...changes], 3);
  const findings = [...project.diagnostics, ...changes, ...lock, ...stale.map(staleFile)];
  if (stale.length + lock.length > 0) return report.end(findings, 2);
  await report.end(findings, 0);
  if (options.format === "pretty") terminal.print(await summary(project, terminal));
  return 0;
}

const currentOf = (
  { tasks, contract }: TypedProject,
  { cwd }: Terminal,
): { cwd: string; tasks: TypedProject["tasks"]; contract: ContractFile } => ({ cwd, tasks, contract: contract! });

async function compare(
  project: TypedProject,
  options: CheckVerbOptions,
  terminal: Terminal,
): Promise<readonly Diagnostic[]> {
  if (options.against === undefined) return [];
  const { compareContract } = await loadCodegen(terminal.cwd);
  const { file = "tasks.contract.json", mode = "backlog" } = project.settings.contract ?? {};
  const baseline = await readBaseline(options.against, file, terminal);
  if ("note" in baseline) {
    terminal.complain(`taskgen: ${baseline.note}\n`);
    return [];
  }
  return compareContract(currentOf(project, terminal), baseline.contract, options.mode ?? mode).diagnostics;
}

const staleFile = ({ path }: GeneratedFile): Diagnostic => ({
  code: "TG4004",
  severity: "error",
  message: `${path} is not what the tasks say`,
  fix: "run `npx taskgen`",
  file: path,
});

async function summary({ tasks, contract, lock }: TypedProject, { cwd }: Terminal): Promise<string> {
  const { shortHash } = await loadCodegen(cwd);
  const count = `${tasks.length} ${tasks.length === 1 ? "task" : "tasks"}`;
  if (lock === undefined) return `${count}: all is well; there is no contract yet, \`npx taskgen accept\` writes one\n`;
  return `${count}: all is well; contract ${shortHash(contract!.hash)}\n`;
}

/** Findings in one of the formats. */
class Report {
  readonly #format: DiagnosticFormat;
  readonly #terminal: Terminal;

  constructor(format: DiagnosticFormat, terminal: Terminal) {
    this.#format = format;
    this.#terminal = terminal;
  }

  async end(findings: readonly Diagnostic[], exitCode: number): Promise<number> {
    const { formatDiagnostics } = await loadCodegen(this.#terminal.cwd);
    const text = formatDiagnostics(findings, this.#format);
    if (text !== "") this.#terminal.print(`${text}\n${this.#format === "pretty" ? "\n" : ""}`);
    if (exitCode !== 0 && this.#format === "pretty") this.#terminal.complain(`taskgen: ${VERDICTS[exitCode]}\n`);
    return exitCode;
  }
}

const VERDICTS: Readonly<Record<number, string>> = {
  1: "the tasks have errors",
  2: "something is stale",
  3: 'a change is breaking; mend it, or accept it with `npx taskgen accept --breaking "<reason>"`',
};
