import { Option, type Command } from "commander";
import type { Diagnostic, DiagnosticFormat, GeneratedFile, GenerateResult, WatchedRun } from "@taskgen/codegen";
import { CliError } from "../cli-error.js";
import { loadCodegen } from "../load-codegen.js";
import { reportError } from "../report-error.js";
import { untilStopped } from "../shutdown.js";
import { line, type Terminal } from "../terminal.js";

export interface GenerateVerbOptions {
  readonly check?: true;
  readonly watch?: true;
  readonly config?: string;
  readonly format: DiagnosticFormat;
}

const HELP = `
Reads src/**/*.task.ts and writes src/_generated/client.ts (call tasks, typed) and src/_generated/registry.ts (what
workers run). taskgen.config.ts changes these places. Tasks are read, never run.

Examples:
  $ npx taskgen                        generate; the verb may be left out
  $ npx taskgen generate --check       for CI: write nothing, fail when something is stale
  $ npx taskgen generate --watch       again after every change, until Ctrl-C

Exit codes: 0 everything is up to date; 1 the tasks have errors; 2 something is stale (--check only).`;

/** Defines `taskgen generate`. */
export function describeGenerate(command: Command): Command {
  return command
    .description("generate the typed client and the registry from the tasks (the default)")
    .option("--check", "write nothing; show what is stale and exit with 2")
    .addOption(new Option("--watch", "generate again after every change, until Ctrl-C").conflicts("check"))
    .option("--config <path>", "the configuration (default: taskgen.config.{ts,mts,js,mjs})")
    .addOption(
      new Option("--format <format>", "how findings are written")
        .choices(["pretty", "json", "github"])
        .default("pretty"),
    )
    .allowExcessArguments()
    .addHelpText("after", HELP);
}

/** Generates until it is told to stop; resolves to the exit code. */
export function watchGenerate(options: GenerateVerbOptions, terminal: Terminal): Promise<number> {
  return untilStopped({
    run: async (signal) => {
      await generateOnChange({ options, terminal, signal });
      return 0;
    },
  });
}

/** What watching and `taskgen dev` have in common. */
export interface OnChange {
  readonly options: Pick<GenerateVerbOptions, "config" | "format">;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** Called after each run; `changes.pending`: the next one is due already. */
  readonly generated?: (succeeded: boolean, changes: { readonly pending: boolean }) => Promise<void>;
}

/** Generates, and again after every change until the signal aborts. Findings and errors are shown; they do not end it. */
export async function generateOnChange({ options, terminal, signal, generated }: OnChange): Promise<void> {
  const { watchProject, ...codegen } = await loadCodegen(terminal.cwd);
  const show = (run: WatchedRun): number =>
    "error" in run ? reportError(run.error, terminal) : report(run, options, terminal, codegen.formatDiagnostics);
  await watchProject({
    cwd: terminal.cwd,
    config: options.config,
    signal,
    onRun: async (run, changes) => {
      const succeeded = show(run) === 0;
      await generated?.(succeeded, changes);
    },
    onChange: (files) => terminal.print(`taskgen: ${listed(files)} changed\n`),
  });
}

/** Generates, or checks; resolves to the exit code. */
export async function runGenerate(options: GenerateVerbOptions, terminal: Terminal): Promise<number> {
  const { generate, loadConfig, formatDiagnostics } = await loadCodegen(terminal.cwd);
  const loaded = await loadConfig(terminal.cwd, options.config);
  const result: GenerateResult = loaded.diagnostics.some(isError)
    ? { files: [], tasks: [], diagnostics: loaded.diagnostics }
    : await generate({ cwd: terminal.cwd, config: loaded.config, check: options.check === true });
  return report(result, options, terminal, formatDiagnostics);
}

/** Shows what came of a run; returns the exit code. */
function report(
  result: GenerateResult,
  options: Format,
  terminal: Terminal,
  formatDiagnostics: FormatDiagnostics,
): number {
  const findings = formatDiagnostics(result.diagnostics, options.format);
  if (findings !== "") terminal.print(`${findings}\n${options.format === "pretty" ? "\n" : ""}`);
  if (result.diagnostics.some(isError)) return failed(result.diagnostics, options, terminal);
  const stale = result.files.filter(({ status }) => status === "stale");
  if (stale.length > 0) return complainStale(stale, options, terminal);
  if (options.format === "pretty") terminal.print(summary(result));
  return 0;
}

type FormatDiagnostics = (diagnostics: readonly Diagnostic[], format: DiagnosticFormat) => string;

const listed = (paths: readonly string[]): string =>
  paths.length > 3 ? `${paths.slice(0, 3).join(", ")} and ${paths.length - 3} more` : paths.join(", ");

const isError = ({ severity }: Diagnostic): boolean => severity === "error";

type Format = Pick<GenerateVerbOptions, "format">;

function failed(diagnostics: readonly Diagnostic[], { format }: Format, terminal: Terminal): number {
  if (format === "pretty")
    terminal.complain(`taskgen: ${plural(diagnostics.filter(isError).length, "error")}; nothing was written\n`);
  return 1;
}

function complainStale(files: readonly GeneratedFile[], { format }: Format, terminal: Terminal): number {
  for (const { path, diff = "" } of files) {
    if (format === "pretty") terminal.print(line(diff));
    if (format === "github") terminal.print(`::error file=${path}::${path} is stale; run npx taskgen\n`);
  }
  terminal.complain(`taskgen: stale: ${files.map(({ path }) => path).join(", ")}; run \`npx taskgen\`\n`);
  return 2;
}

function summary({ tasks, files }: GenerateResult): string {
  const states = files.map(({ path, status }) => `${path} ${status}`);
  return `${plural(tasks.length, "task")}: ${states.join(", ")}\n`;
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** What was taken for an argument of the default verb is a verb that does not exist. */
export function refuseArguments([verb]: readonly string[], verbs: readonly string[]): void {
  if (verb === undefined) return;
  throw new CliError("USAGE", `there is no verb ${JSON.stringify(verb)}; the verbs are ${verbs.join(", ")}`);
}
