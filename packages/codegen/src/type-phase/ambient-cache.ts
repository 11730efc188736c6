import { CacheFile } from "../cache-file.js";
import type { AmbientIndex } from "../extract/ambient/ambient-slice.js";
import type { CheckerExtractor } from "../extract/types/checker-extractor.js";
import type { KnownProject } from "./cache.js";
import type { FileHashes } from "./file-hashes.js";

/** The declarations of globals of a project's programs, in parts, and what they were read with. */
interface StoredAmbient {
  readonly environment: string;
  /** Hashes of files of settings, among them the manifests of the packages that the declarations are in. */
  readonly settings: readonly (readonly [file: string, hash: string])[];
  /** By program. */
  readonly programs: readonly (readonly [key: string, index: AmbientIndex])[];
}

/** What is known of a project, and where. */
interface Where extends Pick<KnownProject, "environment" | "settings"> {
  readonly cwd: string;
  readonly hashes: FileHashes;
}

/** Keeps the declarations of globals that a compiler has read, where those that are kept do not hold. */
export function keepAmbient(extractor: CheckerExtractor, { cwd, environment, settings, hashes }: Where): void {
  const cache = new AmbientCache(cwd);
  if (cache.read(environment, hashes) === undefined) cache.write(environment, [...settings], extractor.ambient());
}

/** Declarations of globals that are kept between runs, and the names of them that task files were seen to need. */
export class AmbientCache {
  readonly #index: CacheFile<StoredAmbient>;
  readonly #names: CacheFile<readonly string[]>;

  constructor(cwd: string) {
    this.#index = new CacheFile(cwd, "ambient.json");
    this.#names = new CacheFile(cwd, "ambient-names.json");
  }

  /** What was kept, where it still holds. */
  read(environment: string, hashes: FileHashes): ReadonlyMap<string, AmbientIndex> | undefined {
    const stored = this.#index.read();
    const holds =
      stored?.environment === environment && stored.settings.every(([file, hash]) => hashes.of(file) === hash);
    return holds ? new Map(stored.programs) : undefined;
  }

  write(environment: string, settings: StoredAmbient["settings"], programs: ReadonlyMap<string, AmbientIndex>): void {
    this.#index.write({ environment, settings, programs: [...programs] });
  }

  get names(): readonly string[] {
    return this.#names.read() ?? [];
  }

  addNames(names: Iterable<string>): void {
    this.#names.write([...new Set([...this.names, ...names])]);
  }
}
