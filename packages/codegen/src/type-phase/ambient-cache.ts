import { relative } from "node:path";
import { CacheFile } from "../cache-file.js";
import type { AmbientIndex } from "../extract/ambient/ambient-slice.js";
import type { AmbientFile, Behind } from "../extract/ambient/units.js";
import type { CheckerExtractor } from "../extract/types/checker-extractor.js";
import { normalizePath } from "../order.js";
import type { KnownProject } from "./cache.js";
import type { FileHashes } from "./file-hashes.js";

/** The declarations of globals of a project's programs, in parts, and what they were read with. */
interface StoredAmbient {
  readonly environment: string;
  /** Hashes of files of settings, among them the manifests of the packages that the declarations are in. */
  readonly settings: readonly (readonly [file: string, hash: string])[];
  /** Hashes of what barrels lead to in all. */
  readonly behind: readonly (readonly [file: string, hash: string])[];
  /** Files that would be among that if they existed. */
  readonly absent: readonly string[];
  /** By program. */
  readonly programs: readonly (readonly [key: string, index: AmbientIndex])[];
}

/** What is known of a project, and where. */
interface Where extends Pick<KnownProject, "environment" | "settings" | "files"> {
  readonly cwd: string;
  readonly hashes: FileHashes;
}

/** Keeps the declarations of globals that a compiler has read, where those that are kept do not hold. */
export function keepAmbient(extractor: CheckerExtractor, { cwd, environment, settings, files, hashes }: Where): void {
  const cache = new AmbientCache(cwd);
  const kept = cache.read(environment, hashes);
  if (kept !== undefined && behindBarrels(cwd, kept.values()).files.every((file) => files.has(file))) return;
  // n.b. of what no task depends on nobody sees that it changes
  const isKnown = ({ behind }: AmbientFile): boolean =>
    behind === undefined || behind.files.every((path) => files.has(relativeTo(cwd, path)));
  const programs = Array.from(extractor.ambient(), ([key, index]) => {
    return [key, { ...index, files: index.files.filter(isKnown) }] as const;
  });
  const led = behindBarrels(
    cwd,
    programs.map(([, index]) => index),
  );
  // n.b. as the compiler has read them, and not as they are meanwhile
  const behind = led.files.map((file) => [file, files.get(file)!.content] as const);
  cache.write({ environment, settings: [...settings], behind, absent: led.absent, programs });
}

/** What the barrels of programs lead to, relative to the project. */
export function behindBarrels(cwd: string, programs: Iterable<AmbientIndex>): Behind {
  const all = [...programs].flatMap(({ files }) => files.flatMap(({ behind = [] }) => behind));
  const relatives = (of: (behind: Behind) => readonly string[]): string[] =>
    Array.from(new Set(all.flatMap(of)), (path) => relativeTo(cwd, path));
  return { files: relatives(({ files }) => files), absent: relatives(({ absent }) => absent) };
}

const relativeTo = (cwd: string, path: string): string => normalizePath(relative(cwd, path));

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
    if (stored?.environment !== environment) return undefined;
    const holds = [...stored.settings, ...stored.behind].every(([file, hash]) => hashes.of(file) === hash);
    return holds && !stored.absent.some((file) => hashes.exists(file)) ? new Map(stored.programs) : undefined;
  }

  write(stored: StoredAmbient): void {
    this.#index.write(stored);
  }

  get names(): readonly string[] {
    return this.#names.read() ?? [];
  }

  addNames(names: Iterable<string>): void {
    this.#names.write([...new Set([...this.names, ...names])]);
  }
}
