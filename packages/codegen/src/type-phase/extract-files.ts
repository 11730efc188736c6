import { contractHash } from "../contract/hash.js";
import { hashOf } from "../cache-file.js";
import type { FileTypes } from "../extract/extractor.js";
import type { CheckerExtractor, ReadSource, Surroundings } from "../extract/types/checker-extractor.js";
import type { FileHashes } from "./file-hashes.js";
import { mapValues } from "../map-values.js";
import type { TaskModel } from "../model.js";
import { tasksKey, type StaleFiles } from "./stale-files.js";
import type { KnownFile, KnownProject, KnownTypes } from "./cache.js";

/** What was read in one run. Paths are relative to the project. */
export interface Extracted extends Surroundings {
  /** By task file. */
  readonly entries: ReadonlyMap<string, KnownTypes>;
  /** The files that they come from, as the compiler read them. */
  readonly files: ReadonlyMap<string, KnownFile>;
}

export const NOTHING_NEW: Extracted = { entries: new Map(), files: new Map(), globals: [], settings: [] };

/**
 * Reads the types of files.
 * @param isSame whether a file is known as it is
 */
export function extractFiles(
  extractor: CheckerExtractor,
  files: ReadonlyMap<string, readonly TaskModel[]>,
  isSame: (file: string) => boolean,
): Extracted {
  extractor.include([...files.keys()]);
  const entries = new Map(Array.from(files, ([file, tasks]) => [file, extractFile(extractor, file, tasks)]));
  const surroundings = extractor.surroundings();
  const read = new Map<string, KnownFile>();
  for (const path of new Set([...sourcesOf(entries), ...surroundings.globals])) {
    const source = isSame(path) ? undefined : extractor.source(path);
    if (source !== undefined) read.set(path, knownFile(source));
  }
  return { entries, files: read, ...surroundings };
}

/** What is kept of a file that was read. */
export const knownFile = ({ text, shape, imports }: ReadSource): KnownFile => ({
  content: hashOf(text),
  shape: hashOf(shape),
  imports,
});

/** The files that types come from. */
function sourcesOf(entries: ReadonlyMap<string, KnownTypes>): string[] {
  // Most entries that were kept share their list with others.
  const lists = new Set(Array.from(entries.values(), ({ dependencies }) => dependencies));
  return [...entries.keys(), ...[...lists].flat()];
}

function extractFile(extractor: CheckerExtractor, file: string, tasks: readonly TaskModel[]): KnownTypes {
  const basis = extractor.basis(file);
  const types = extractor.extract(file, tasks);
  return {
    types,
    digest: digestOf(types),
    contracts: mapValues(types.tasks, contractHash),
    isComplete: extractor.isComplete(file),
    isWhole: tasks.every(({ exportName }) => Object.hasOwn(types.tasks, exportName)),
    tasks: tasksKey(tasks),
    dependencies: extractor.dependencies(file).filter((path) => path !== file),
    absent: extractor.absentDependencies(file),
    basis,
  };
}

/** Tells types apart, by their names too, of which contracts know nothing. */
export const digestOf = ({ tasks }: FileTypes): string => hashOf(JSON.stringify(tasks)).slice(0, 32);

/** What changes what is known. */
interface Changes {
  readonly fresh: Extracted;
  readonly stale: StaleFiles;
  /** The task files that there are. */
  readonly wanted: ReadonlySet<string>;
  readonly hashes: FileHashes;
}

/** Whether what is known of a file holds. */
export const isAsKnown = (known: KnownProject, { changed }: StaleFiles, path: string): boolean =>
  known.files.has(path) && !changed.has(path);

const UNREAD: KnownFile = { content: "", shape: "", imports: {} };

/** What is known after a run. */
export function mergeProject(known: KnownProject, { fresh, stale, wanted, hashes }: Changes): KnownProject {
  const kept = [...known.entries].filter(([file]) => wanted.has(file));
  const entries = new Map([...kept, ...fresh.entries]);
  const globals = [...new Set([...known.globals, ...fresh.globals])];
  const used = new Set([...globals, ...sourcesOf(entries)]);
  const files = new Map<string, KnownFile>();
  for (const path of used) {
    const before = known.files.get(path) ?? UNREAD;
    // n.b. what the compiler read, and not what is there meanwhile, is what the types come from
    const now = (): KnownFile => ({ ...before, content: hashes.of(path), ...fresh.files.get(path) });
    files.set(path, isAsKnown(known, stale, path) ? before : now());
  }
  const settings = new Map([...known.settings, ...fresh.settings.map((file) => [file, hashes.of(file)] as const)]);
  return { environment: known.environment, settings, globals, files, entries };
}
