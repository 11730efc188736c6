/** Options of a task that its callers need; all are literals in the source. */
export interface ClientOptions {
  readonly name?: string;
  readonly queue?: string;
  readonly priority?: number;
  readonly expires?: string;
  readonly ignoreResult?: boolean;
  readonly timeLimit?: string;
  readonly softTimeLimit?: string;
}

/** A place in a file; lines and columns count from 1, columns and lengths in UTF-16 code units. */
export interface Span {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** Options that have a key: a path into the arguments. */
export type KeyOption = "limit" | "dedupe" | "debounce" | "throttle";

/** One of them. */
export interface KeyedModel {
  readonly option: KeyOption;
  /** Its literals; a key begins with the index of an argument. */
  readonly values: Readonly<Record<string, string | number>>;
  /** Its key as it is written, and where. */
  readonly written?: { readonly path: string; readonly file: string; readonly span: Span };
}

/** A task as the generator sees it. */
export interface TaskModel {
  /** Where it is in the client: `["billing", "charge"]` is `tasks.billing.charge`. */
  readonly path: readonly string[];
  /** Its name on the wire. */
  readonly name: string;
  /** The file it is declared in, relative to the project, with `/`. */
  readonly file: string;
  /** The name it is exported under; `default` for a default export. */
  readonly exportName: string;
  /** Where it is declared. */
  readonly span: Span;
  /** The text of its doc comment, without the comment's marks. */
  readonly doc: string | undefined;
  /** What its callers need, `name` excluded. */
  readonly options: Omit<ClientOptions, "name">;
  /** Short hashes of the contracts from which its option `versions` translates; absent where there are none. */
  readonly versions?: readonly string[];
  /** Its options with keys; absent where there are none. */
  readonly keyed?: readonly KeyedModel[];
  /** Parts of its arguments or its result must not be shown; absent where none. */
  readonly sensitive?: boolean;
  /** Its function is an async generator: callers read what it yields; absent where not. */
  readonly streams?: true;
}
