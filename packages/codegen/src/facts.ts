import type { DiagnosticCode, Severity } from "./diagnostics.js";
import type { ClientOptions, KeyOption, Span } from "./model.js";

/** The module whose `task` makes tasks. */
export const CORE = "@taskgen/core";

/** Something wrong at a place of the file whose facts these are. */
export interface Problem {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly message: string;
  readonly why?: string;
  readonly fix?: string;
  readonly span: Span;
}

/** An option with a key, as it is written. */
export interface KeyedFact {
  readonly option: KeyOption;
  /** All but the key. */
  readonly values: Readonly<Record<string, string | number>>;
  readonly key?: { readonly path: string; readonly span: Span };
}

/** A parameter of a task's function; one that is taken apart has no name, but perhaps those that it is taken apart to. */
export interface ParameterFact {
  readonly name?: string;
  readonly parts?: readonly string[];
  readonly isRest?: true;
}

/** One object of options: that of a `.with(…)` or of a task. */
export interface OptionLayer {
  readonly values: ClientOptions;
  /** The hashes of the contracts from which `versions` translates; absent without that option. */
  readonly versions?: readonly string[];
  /** The option `sensitive` is given. */
  readonly sensitive?: boolean;
  readonly keyed?: readonly KeyedFact[];
  readonly problems: readonly Problem[];
}

/** A name that another module exports. */
export interface ImportedName {
  readonly from: string;
  readonly name: string;
}

/** Something that makes tasks: `task` of `@taskgen/core`, or perhaps what another module exports, with options over it. */
export interface Factory {
  readonly base: "core" | ImportedName;
  readonly layers: readonly OptionLayer[];
}

/** A call that declares a task, if its factory proves to be one. */
export interface TaskFact {
  /** What to call it in messages. */
  readonly label: string;
  /** `undefined` when it is not exported. */
  readonly exportName: string | undefined;
  readonly span: Span;
  readonly factory: Factory;
  /** Its function is an async generator; absent where not. */
  readonly streams?: true;
  readonly doc: string | undefined;
  /** Absent where the function is not written in the same file. */
  readonly parameters?: readonly ParameterFact[];
  readonly problems: readonly Problem[];
}

/** `export { name } from "…"`, or `export * from "…"` where `name` is `*`. */
export interface Reexport extends ImportedName {
  readonly exportName: string;
  readonly span: Span;
}

/** What a file says by itself: a function of its text alone, so that it can be kept by the hash of that text. */
export interface FileFacts {
  readonly tasks: readonly TaskFact[];
  /** By exported name. */
  readonly factories: Readonly<Record<string, Factory>>;
  readonly reexports: readonly Reexport[];
  readonly problems: readonly Problem[];
}
