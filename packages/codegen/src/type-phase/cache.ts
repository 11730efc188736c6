import type { FileTypes } from "../extract/extractor.js";
import type { Basis } from "../extract/written/basis.js";
import { RecordFile } from "../record-file.js";
import { fromStored, toStored, type StoredProject } from "./stored.js";
import { StoredParts } from "./stored-parts.js";

/** A file of the project as it was when types were read from it. */
export interface KnownFile {
  /** A hash of its text. */
  readonly content: string;
  /** A hash of the part of its text that decides types. */
  readonly shape: string;
  /** The files of the project that its imports lead to, by how they are written there. */
  readonly imports: Readonly<Record<string, string>>;
}

/** The types of one file's tasks and what they depend on. */
export interface KnownTypes {
  readonly types: FileTypes;
  /** Whether everything that was imported was found; what is missing may be installed later, unseen. */
  readonly isComplete: boolean;
  /** Whether no task was left out of the types. */
  readonly isWhole: boolean;
  /** A hash of all types of its tasks, names included. */
  readonly digest: string;
  /** The hashes of the contracts that the types are, by exported name. */
  readonly contracts: Readonly<Record<string, string>>;
  /** What was asked for: the tasks by their names. */
  readonly tasks: string;
  /** Besides the file itself. */
  readonly dependencies: readonly string[];
  /** Paths where there was no file. */
  readonly absent: readonly string[];
  /** What its types can be read with when it has changed; absent where only a checker knows them. */
  readonly basis?: Basis | undefined;
}

/** What is known of the types of a project. Paths are relative to it. */
export interface KnownProject {
  /** A hash of all that holds for every file. */
  readonly environment: string;
  /** Hashes of files of settings: compiler options, manifests of packages. */
  readonly settings: ReadonlyMap<string, string>;
  /** Files that declare globals. */
  readonly globals: readonly string[];
  readonly files: ReadonlyMap<string, KnownFile>;
  /** By task file. */
  readonly entries: ReadonlyMap<string, KnownTypes>;
}

/** Types of a project that are kept between runs. */
export class TypesCache {
  readonly #file: RecordFile<StoredProject>;
  #parts = StoredParts.none();

  constructor(cwd: string) {
    this.#file = new RecordFile(cwd, "types.records");
  }

  read(): KnownProject | undefined {
    const records = this.#file.read();
    if (records === undefined) return undefined;
    const { project, parts } = fromStored(records);
    this.#parts = parts;
    return project;
  }

  write(project: KnownProject): void {
    this.#file.write(toStored(project, this.#parts));
  }
}
