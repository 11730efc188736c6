import type { TaskTypes } from "../contract/type-model.js";
import type { Diagnostic } from "../diagnostics.js";
import type { TaskModel } from "../model.js";

/**
 * Reads types: the one seam to a compiler. Paths are relative to the project, with `/`.
 * The generated client need not exist or be right: its text for these tasks is laid over the file before types are read.
 */
export interface Extractor {
  /** The types of the tasks that one file declares. */
  extract(file: string, tasks: readonly TaskModel[]): FileTypes;
  /** The project's own files that the types of `file` come from, itself included, sorted. */
  dependencies(file: string): readonly string[];
  /** Reads files again that have changed, appeared or vanished on disk. */
  refresh(files: readonly string[]): void;
}

/** What a file says with types. Plain JSON: a function of the texts of its dependencies and of tsconfig.json. */
export interface FileTypes {
  /** By exported name; a task with an error among its diagnostics is left out. */
  readonly tasks: Readonly<Record<string, TaskTypes>>;
  readonly diagnostics: readonly Diagnostic[];
}
