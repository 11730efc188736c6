import type { Command } from "commander";
import { loadCodegen } from "../load-codegen.js";
import { isError } from "../read-project.js";
import type { Terminal } from "../terminal.js";

export interface ContractBuildOptions {
  readonly out: string;
  readonly name?: string;
  readonly packageVersion?: string;
  readonly config?: string;
}

const HELP = `
Writes index.d.ts, index.js, tasks.contract.json and package.json: a package with which another workspace or repository calls
these tasks, with their types and without their sources. Who installs it needs @taskgen/core alone. The types are compiled
against the sources before anything is written.

Examples:
  $ npx taskgen contract build --out dist/contract
  $ npx taskgen contract build --out ../orders-contract --name @shop/orders-contract

Exit codes: 0 it is written; 1 the tasks have errors.`;

/** Defines `taskgen contract build`. */
export function describeContractBuild(command: Command): Command {
  return command
    .description("write a package of the tasks' types for others")
    .requiredOption("--out <folder>", "the folder of the package")
    .option("--name <name>", "its name (default: that of the project with -contract)")
    .option("--package-version <version>", "its version (default: that of the project)")
    .option("--config <path>", "the configuration (default: taskgen.config.{ts,mts,js,mjs})")
    .addHelpText("after", HELP);
}

/** Builds the package; resolves to the exit code. */
export async function runContractBuild(options: ContractBuildOptions, terminal: Terminal): Promise<number> {
  const { buildContractPackage, formatDiagnostics, loadConfig } = await loadCodegen(terminal.cwd);
  const { config, diagnostics } = await loadConfig(terminal.cwd, options.config);
  const built = diagnostics.some(isError)
    ? { files: [], diagnostics }
    : await buildContractPackage({
        cwd: terminal.cwd,
        config,
        outDir: options.out,
        ...(options.name !== undefined && { name: options.name }),
        ...(options.packageVersion !== undefined && { version: options.packageVersion }),
      });
  const findings = formatDiagnostics(built.diagnostics, "pretty");
  if (findings !== "") terminal.print(`${findings}\n\n`);
  if (built.diagnostics.some(isError)) {
    terminal.complain("taskgen: the tasks have errors; nothing was written\n");
    return 1;
  }
  for (const { path, status } of built.files) terminal.print(`${path} ${status}\n`);
  return 0;
}
