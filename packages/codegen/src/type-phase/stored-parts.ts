import type { TypeModel } from "../contract/type-model.js";
import type { Diagnostic } from "../diagnostics.js";
import type { KnownFile, KnownTypes } from "./cache.js";
import type { StoredProject } from "./stored.js";
import { Table } from "./table.js";

/** A file as it stands there. */
export type StoredFile = readonly [
  path: number,
  content: string,
  shape: string,
  imports: Readonly<Record<string, number>>,
];

/** What is known of the types of a file, but for the types. */
export type StoredEntry = readonly [
  path: number,
  digest: string,
  tasks: string,
  isComplete: boolean,
  isWhole: boolean,
  dependencies: number,
  absent: number,
  diagnostics: readonly Diagnostic[],
];

/** What entries refer to, and those that were read from a file as they stand there, to be written again. */
export class StoredParts {
  readonly paths: Table<string>;
  readonly lists: Table<readonly string[]>;
  readonly age: number;
  readonly files = new Map<KnownFile, StoredFile>();
  readonly entries = new Map<KnownTypes, readonly [StoredEntry, string]>();
  readonly #definitions: string;
  #parsed: Table<TypeModel> | undefined;

  constructor({ paths, lists, age }: Pick<StoredProject, "paths" | "lists" | "age">, definitions: string) {
    this.paths = new Table(paths);
    this.lists = new Table<readonly string[]>(lists.map((list) => list.map(this.paths.at)));
    this.age = age;
    this.#definitions = definitions;
  }

  static none(): StoredParts {
    return new StoredParts({ paths: [], lists: [], age: 0 }, "[]");
  }

  get definitions(): Table<TypeModel> {
    return (this.#parsed ??= new Table(JSON.parse(this.#definitions) as TypeModel[]));
  }

  get definitionsText(): string {
    return this.#parsed === undefined ? this.#definitions : JSON.stringify(this.#parsed.toArray());
  }
}
