import type { ResolvedConfig } from "../config.js";
import { sortDiagnostics, type Diagnostic } from "../diagnostics.js";
import { emitClient } from "../emit/client.js";
import { writeOutput, type GeneratedFile, type Output } from "../outputs.js";
import { foreignPackageFiles, packageFiles, type PackageSource } from "./files.js";

/** What became of a package. */
export interface BuiltPackage {
  /** Empty when a diagnostic is an error: then nothing is written. */
  readonly files: readonly GeneratedFile[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Writes a portable package, each file only where its text changes, after its types were compared with the sources. */
export async function writePackage(source: PackageSource, config: ResolvedConfig): Promise<BuiltPackage> {
  const outputs = packageFiles(source);
  const types = outputs.find(({ path }) => path.endsWith("index.d.ts"));
  const diagnostics = sortDiagnostics([
    ...foreignPackageFiles(source.cwd, outputs),
    ...(types === undefined ? [] : await verify(types, source, config)),
  ]);
  const isRefused = diagnostics.some(({ severity }) => severity === "error");
  return { files: isRefused ? [] : outputs.map((output) => writeOutput(source.cwd, output)), diagnostics };
}

/** The compiler is loaded for it. */
async function verify(
  { text }: Output,
  { cwd, tasks, types }: PackageSource,
  config: ResolvedConfig,
): Promise<Diagnostic[]> {
  const { verifyPrintedTypes } = await import("../extract/verify/verify.js");
  const { outDir, app } = config;
  const sourceClient = emitClient(tasks, { outDir, app, extension: ".js" });
  return verifyPrintedTypes({ cwd, outDir, sourceClient, printed: text, tasks, types });
}
