import type { Diagnostic, DiagnosticFormat, GenerateResult, TaskgenConfig } from "@taskgen/codegen";
import { loadCodegen } from "./load-codegen.js";
import type { Terminal } from "./terminal.js";

export interface ReadProjectOptions {
  readonly config?: string | undefined;
  /** How findings are shown. */
  readonly format: DiagnosticFormat;
}

/** What the generator says of a project of which nothing is written. */
export interface ReadProject extends GenerateResult {
  readonly settings: TaskgenConfig;
  /** A finding is an error. */
  readonly failed: boolean;
}

/** Reads the tasks of the folder's project and shows what is wrong with them. */
export async function readProject(options: ReadProjectOptions, terminal: Terminal): Promise<ReadProject> {
  const { generate, loadConfig, formatDiagnostics } = await loadCodegen(terminal.cwd);
  const { config, diagnostics } = await loadConfig(terminal.cwd, options.config);
  const result: GenerateResult = diagnostics.some(isError)
    ? { files: [], tasks: [], diagnostics }
    : await generate({ cwd: terminal.cwd, config, check: true });
  const findings = formatDiagnostics(result.diagnostics, options.format);
  if (findings !== "") terminal.complain(`${findings}\n`);
  return { ...result, settings: config, failed: result.diagnostics.some(isError) };
}

/** A project with what its types say. */
export interface TypedProject extends GenerateResult {
  readonly settings: TaskgenConfig;
}

/** Reads the tasks of the folder's project with their types; nothing is written or shown. */
export async function readTypes(
  config: string | undefined,
  { cwd }: Terminal,
  options: { readonly replaceLock?: boolean } = {},
): Promise<TypedProject> {
  const { generate, loadConfig } = await loadCodegen(cwd);
  const { config: settings, diagnostics } = await loadConfig(cwd, config);
  if (diagnostics.some(isError)) return { files: [], tasks: [], diagnostics, settings };
  return { ...(await generate({ cwd, config: settings, check: true, types: true, ...options })), settings };
}

/** Whether a finding ends what is done. */
export const isError = ({ severity }: Diagnostic): boolean => severity === "error";
