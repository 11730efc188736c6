import { resolveConfig, type TaskgenConfig } from "../config.js";
import { readContract } from "../contract/read-contract.js";
import { sortDiagnostics, type Diagnostic } from "../diagnostics.js";
import { emitClient } from "../emit/client.js";
import { generate } from "../generate.js";
import { readTypes } from "../type-phase.js";
import type { PackageIdentity } from "./manifest.js";
import { writePackage, type BuiltPackage } from "./write-package.js";

/** Which package to build. */
export interface BuildContractOptions extends PackageIdentity {
  /** The project's folder; an absolute path. */
  readonly cwd: string;
  readonly config: TaskgenConfig;
  /** The folder of the package; relative to the project, or absolute. */
  readonly outDir: string;
}

/**
 * Writes a package with which the tasks of a project are called from elsewhere: their types, which need nothing but
 * `@taskgen/core`, stubs, and the contract. Nothing of the tasks' code is in it, nor of what that imports. Each file is
 * written only where its text changes, and none unless the printed types fit the sources.
 * Findings about the project are diagnostics; it rejects only when a file cannot be read or written.
 */
export async function buildContractPackage(options: BuildContractOptions): Promise<BuiltPackage> {
  const { cwd, config, outDir, ...identity } = options;
  const resolved = resolveConfig(config);
  const { tasks, diagnostics } = await generate({ cwd, config, check: true });
  if (hasErrors(diagnostics)) return { files: [], diagnostics };
  const overlay = {
    [`${resolved.outDir}/client.ts`]: emitClient(tasks, {
      outDir: resolved.outDir,
      app: resolved.app,
      extension: ".js",
    }),
  };
  const read = await readTypes({ cwd, serialization: resolved.serialization, tasks, overlay });
  const lock = await readContract(cwd, resolved.contract.file);
  const before = sortDiagnostics([...diagnostics, ...read.diagnostics, ...lock.diagnostics]);
  if (hasErrors(before)) return { files: [], diagnostics: before };
  const source = { cwd, outDir, tasks, types: read.types, lock: lock.contract, identity };
  const built = await writePackage(source, resolved);
  return { files: built.files, diagnostics: sortDiagnostics([...before, ...built.diagnostics]) };
}

const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some(({ severity }) => severity === "error");
