import type { TaskgenConfig } from "./config.js";
import type { ContractFile } from "./contract/contract-file.js";
import type { TaskTypes } from "./contract/type-model.js";
import type { Diagnostic } from "./diagnostics.js";
import { Generator } from "./generator.js";
import type { TaskModel } from "./model.js";
import type { GeneratedFile } from "./outputs.js";

/** What one run does. */
export interface RunOptions {
  /** Writes nothing and says what is stale. @default false */
  readonly check?: boolean;
  /** Reads types even where the project has no contract. @default false */
  readonly types?: boolean;
  /** Goes on where the committed contract cannot be read, since it is to be replaced. @default false */
  readonly replaceLock?: boolean;
  /** Files that changed since the last run of the same generator, relative to the project. @default none */
  readonly changed?: readonly string[];
}

/** What to generate. */
export interface GenerateOptions extends RunOptions {
  /** The project's folder; an absolute path. */
  readonly cwd: string;
  readonly config: TaskgenConfig;
}

export interface GenerateResult {
  /** Empty when a diagnostic is an error: then nothing is written. */
  readonly files: readonly GeneratedFile[];
  readonly tasks: readonly TaskModel[];
  /** By file, line and column. */
  readonly diagnostics: readonly Diagnostic[];
  /** What the types say, by wire name; absent where types were not read. */
  readonly types?: ReadonlyMap<string, TaskTypes>;
  /** The contract as the code is now; absent where types were not read, or where there is an error. */
  readonly contract?: ContractFile;
  /** The contract that is committed; absent where there is none. */
  readonly lock?: ContractFile;
}

/**
 * Reads the tasks of a project and writes its client and its registry, each only where its text changes.
 * Findings about the project are diagnostics; it rejects only when a file cannot be read or written.
 */
export const generate = ({ cwd, config, ...options }: GenerateOptions): Promise<GenerateResult> =>
  new Generator(cwd, config).run(options);
