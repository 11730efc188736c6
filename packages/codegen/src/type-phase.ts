import { realpathSync } from "node:fs";
import { keepCode } from "./extract/compiler/kept-code.js";
import type { SerializationConfig } from "./config.js";
import type { CheckerExtractor, Overlay } from "./extract/types/checker-extractor.js";
import { answer, beforeReading, type TypesRead } from "./type-phase/answer.js";
import { extractFiles, isAsKnown, mergeProject, NOTHING_NEW, type Extracted } from "./type-phase/extract-files.js";
import { FileIndex } from "./file-index.js";
import { FileHashes } from "./type-phase/file-hashes.js";
import { groupBy } from "./group-by.js";
import { normalizePath } from "./order.js";
import type { TaskModel } from "./model.js";
import { findStaleFiles, isCurrent, type StaleFiles } from "./type-phase/stale-files.js";
import { readWritten, type Missed } from "./type-phase/read-written.js";
import { keepAmbient } from "./type-phase/ambient-cache.js";
import { TypesCache, type KnownProject } from "./type-phase/cache.js";
import { environmentOf } from "./type-phase/environment.js";

/** Whose types to read. */
export interface TypePhaseOptions {
  /** The project's folder; an absolute path. */
  readonly cwd: string;
  readonly serialization: Required<SerializationConfig>;
}

/** What to read. */
export interface ReadTypesOptions {
  readonly tasks: readonly TaskModel[];
  /** Generated files by path: the client of these tasks, and others that tasks may import. They need not exist. */
  readonly overlay: Overlay;
  /** The hashes of the texts of files that were looked at just now, relative to the project. @default none */
  readonly hashOf?: (file: string) => string | undefined;
  /** The files that may have changed since the last time, relative to the project. @default all */
  readonly changed?: readonly string[];
}

/** Reads the types of tasks once, and keeps them for the next run. */
export async function readTypes(options: TypePhaseOptions & Omit<ReadTypesOptions, "changed">): Promise<TypesRead> {
  const phase = new TypePhase(options);
  const read = await phase.read(options);
  phase.save();
  return read;
}

/** Reads the types of tasks as often as it is asked to, each file's again only when something that it depends on has changed. */
export class TypePhase {
  readonly #cwd: string;
  readonly #serialization: Required<SerializationConfig>;
  readonly #index: FileIndex;
  readonly #hashes: FileHashes;
  readonly #cache: TypesCache;
  #environment: string | undefined;
  #known: KnownProject | undefined;
  #isSaved = true;
  #extractor: CheckerExtractor | undefined;

  constructor({ cwd, serialization }: TypePhaseOptions, index = new FileIndex(cwd)) {
    // The compiler knows files by their real paths.
    this.#cwd = realpathSync(cwd);
    this.#serialization = serialization;
    this.#index = index;
    this.#hashes = new FileHashes(this.#cwd, index);
    this.#cache = new TypesCache(this.#cwd);
  }

  async read({ tasks, overlay, hashOf, ...options }: ReadTypesOptions): Promise<TypesRead> {
    const changed = options.changed?.map(normalizePath);
    this.#hashes.forget(changed, hashOf);
    this.#hashes.overlay(overlay);
    const known = await this.#current(changed);
    const stale = await findStaleFiles(known, { cwd: this.#cwd, hashes: this.#hashes, overlay });
    const byFile = groupBy(tasks, ({ file }) => file);
    const missed = [...byFile].filter((own) => !isCurrent(known.entries.get(own[0]), own, stale));
    this.#extractor?.overlay(overlay);
    this.#extractor?.refresh([...stale.changed, ...stale.appeared]);
    const fresh =
      missed.length === 0
        ? NOTHING_NEW
        : await this.#readMissed(
            { cwd: this.#cwd, tasks: new Map(missed), known, stale, overlay },
            changed === undefined,
          );
    this.#known = this.#merge(known, fresh, stale, [...byFile.keys()]);
    this.#extractor?.refresh([...known.files.keys()].filter((file) => this.#known?.files.has(file) === false));
    const reread = beforeReading(tasks, known, fresh);
    return { ...answer(tasks, this.#known, [...fresh.entries.keys()]), ...(reread && { reread }) };
  }

  /**
   * A file that has changed says all of its types, or a checker tells them: one that sees as much as it needs, or one that lives on.
   * @param isLast whether nothing is expected to be read after it
   */
  async #readMissed(missed: Missed, isLast: boolean): Promise<Extracted> {
    const written = await readWritten(missed);
    if (written !== undefined) return written;
    const sliced = isLast && this.#extractor === undefined ? await this.#readSliced(missed) : undefined;
    const isSame = (file: string): boolean => isAsKnown(missed.known, missed.stale, file);
    return sliced ?? extractFiles(await this.#open(missed.overlay), missed.tasks, isSame);
  }

  async #readSliced(missed: Missed): Promise<Extracted | undefined> {
    const { readSliced } = await import("./type-phase/read-sliced.js");
    return readSliced({ ...missed, serialization: this.#serialization, hashes: this.#hashes });
  }

  /** Keeps what is known for the next run. */
  save(): void {
    if (!this.#isSaved && this.#known !== undefined) this.#cache.write(this.#known);
    this.#isSaved = true;
    this.#index.save();
    if (this.#extractor !== undefined) this.#keepAmbient(this.#extractor);
  }

  /** What the compiler has read besides files of the project is kept once, and so is its code. */
  #keepAmbient(extractor: CheckerExtractor): void {
    if (this.#known !== undefined) keepAmbient(extractor, { ...this.#known, cwd: this.#cwd, hashes: this.#hashes });
    keepCode("types");
  }

  /** What is known and still holds. */
  async #current(changed: readonly string[] | undefined): Promise<KnownProject> {
    if (this.#environment === undefined || changed === undefined || changed.some(isOfEnvironment)) {
      this.#environment = await environmentOf(this.#cwd, this.#hashes, this.#serialization);
    }
    const known = this.#known ?? this.#cache.read();
    if (known !== undefined && this.#holds(known, this.#environment)) return known;
    this.#extractor = undefined;
    this.#isSaved = false;
    return { environment: this.#environment, settings: new Map(), globals: [], files: new Map(), entries: new Map() };
  }

  #holds({ environment, settings, globals, files }: KnownProject, now: string): boolean {
    return (
      environment === now &&
      [...settings].every(([file, hash]) => this.#hashes.of(file) === hash) &&
      globals.every((file) => this.#hashes.of(file) === files.get(file)?.content)
    );
  }

  /** The compiler is loaded for the first file whose types are not known. */
  async #open(overlay: Overlay): Promise<CheckerExtractor> {
    if (this.#extractor === undefined) {
      const { CheckerExtractor } = await import("./extract/types/checker-extractor.js");
      this.#extractor = new CheckerExtractor({ cwd: this.#cwd, serialization: this.#serialization, overlay });
    }
    return this.#extractor;
  }

  #merge(known: KnownProject, fresh: Extracted, stale: StaleFiles, files: readonly string[]): KnownProject {
    const wanted = new Set(files);
    const isSame =
      fresh.entries.size === 0 &&
      stale.changed.size === 0 &&
      [...known.entries.keys()].every((file) => wanted.has(file));
    if (isSame) return known;
    this.#isSaved = false;
    return mergeProject(known, { fresh, stale, wanted, hashes: this.#hashes });
  }
}

const isOfEnvironment = (file: string): boolean => /\.json$|\.d\.[cm]?ts$|lock/.test(file);
