import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { contractHash } from "../contract/hash.js";
import type { TaskTypes } from "../contract/type-model.js";
import type { WrittenProject } from "../extract/written/project.js";
import type { TaskModel } from "../model.js";
import type { KnownFile, KnownProject, KnownTypes } from "./cache.js";
import { digestOf, knownFile, type Extracted } from "./extract-files.js";
import { tasksKey, type StaleFiles } from "./stale-files.js";

/** Files whose types are to be read, and what is known of them. */
export interface Missed {
  readonly cwd: string;
  /** By file. */
  readonly tasks: ReadonlyMap<string, readonly TaskModel[]>;
  readonly known: KnownProject;
  readonly stale: StaleFiles;
  /** Files that are not seen as they are on disk. */
  readonly overlay: Readonly<Record<string, string>>;
}

/**
 * Reads the types of files that have changed since a checker read them from what is written there, without a checker:
 * to load and to bind the declarations of the platform alone takes longer than all the rest. `undefined` where a checker
 * is needed for any of them.
 */
export async function readWritten(missed: Missed): Promise<Extracted | undefined> {
  if (![...missed.tasks.keys()].every((file) => isWithin(file, missed))) return undefined;
  const { WrittenProject } = await import("../extract/written/project.js");
  const { cwd, known, overlay } = missed;
  const project = new WrittenProject({
    textOf: (path) => (Object.hasOwn(overlay, path) ? undefined : readFileSync(resolve(cwd, path), "utf8")),
    importsOf: (path) => known.files.get(path)?.imports,
  });
  const entries = new Map<string, KnownTypes>();
  const files = new Map<string, KnownFile>();
  for (const [file, tasks] of missed.tasks) {
    const read = readFile(project, { file, tasks, entry: known.entries.get(file) as KnownTypes });
    if (read === undefined) return undefined;
    entries.set(file, read);
    files.set(file, knownFile(project.source(file)));
  }
  return { entries, files, globals: [], settings: [] };
}

/** Whether the change of a file is its own, and there was nothing to say of it before. */
function isWithin(file: string, { known, stale }: Missed): boolean {
  const entry = known.entries.get(file);
  if (entry?.basis === undefined || !entry.isComplete || entry.types.diagnostics.length > 0) return false;
  const isElsewhere = entry.dependencies.some((path) => stale.reshaped.has(path));
  return !isElsewhere && !entry.absent.some((path) => stale.appeared.has(path));
}

interface ChangedFile {
  readonly file: string;
  readonly tasks: readonly TaskModel[];
  /** What was known of it. */
  readonly entry: KnownTypes;
}

/** n.b. its imports are what they were, and so are its dependencies. */
function readFile(project: WrittenProject, { file, tasks, entry }: ChangedFile): KnownTypes | undefined {
  const { basis } = entry;
  const outline = project.outline(file);
  if (basis === undefined || outline === undefined || outline.frame !== basis.outline.frame) return undefined;
  const isAsBefore = (name: string): boolean =>
    Object.hasOwn(outline.constants, name) && outline.constants[name] === basis.outline.constants[name];
  const found: Record<string, TaskTypes> = {};
  const contracts: Record<string, string> = {};
  for (const { exportName } of tasks) {
    const before = isAsBefore(exportName) ? entry.types.tasks[exportName] : undefined;
    const types = before ?? project.read(file, exportName, basis.platform);
    if (types === undefined) return undefined;
    found[exportName] = types;
    contracts[exportName] = (before && entry.contracts[exportName]) ?? contractHash(types);
  }
  const types = { tasks: found, diagnostics: [] };
  const read = { types, digest: digestOf(types), contracts, tasks: tasksKey(tasks), basis: { ...basis, outline } };
  return { ...entry, ...read, isWhole: true };
}
