import { hashOf } from "../cache-file.js";
import type { TaskTypes } from "../contract/type-model.js";
import { sortDiagnostics, type Diagnostic } from "../diagnostics.js";
import { LazyMap } from "../lazy-map.js";
import type { TaskModel } from "../model.js";
import type { KnownProject, KnownTypes } from "./cache.js";
import { asksFor } from "./stale-files.js";
import type { Extracted } from "./extract-files.js";

/** What types of tasks were before they were read again, by wire name. */
export interface RereadTypes {
  /** The `revision` of all types at that time. */
  readonly since: string;
  readonly types: ReadonlyMap<string, TaskTypes>;
  readonly contracts: ReadonlyMap<string, string>;
}

/** What the types of a project say. */
export interface TypesRead {
  /** By wire name; a task with an error among its diagnostics is left out. */
  readonly types: ReadonlyMap<string, TaskTypes>;
  /** The hashes of the contracts that the types are, by wire name. */
  readonly contracts: ReadonlyMap<string, string>;
  /** Equal where all types are, and their names. */
  readonly revision: string;
  /** By file, line and column. */
  readonly diagnostics: readonly Diagnostic[];
  /** Absent where types were read that were not known before. */
  readonly reread?: RereadTypes;
  /** The files whose types were not known and had to be read, in order. */
  readonly extracted: readonly string[];
}

type Entries = KnownProject["entries"];

/** What is known of tasks. */
export function answer(
  tasks: readonly TaskModel[],
  { entries }: KnownProject,
  extracted: readonly string[],
): TypesRead {
  const files = new Set(tasks.map(({ file }) => file));
  const diagnostics = [...files].flatMap((file) => entries.get(file)?.types.diagnostics ?? []);
  const revision = revisionOf(files, entries);
  return { ...typesOf(tasks, entries), revision, diagnostics: sortDiagnostics(diagnostics), extracted };
}

interface Known {
  readonly entry: KnownTypes;
  readonly exportName: string;
}

/** n.b. what types are is not looked at before somebody asks. */
function typesOf(tasks: readonly TaskModel[], entries: Entries): Pick<TypesRead, "types" | "contracts"> {
  const known = new Map<string, Known>();
  for (const { name, file, exportName } of tasks) {
    const entry = entries.get(file);
    if (entry !== undefined && hasTypes(entry, exportName)) known.set(name, { entry, exportName });
  }
  return {
    types: new LazyMap(known, ({ entry, exportName }) => entry.types.tasks[exportName] as TaskTypes),
    contracts: new LazyMap(known, ({ entry, exportName }) => entry.contracts[exportName] as string),
  };
}

const hasTypes = ({ isWhole, tasks, types }: KnownTypes, exportName: string): boolean =>
  isWhole ? asksFor(tasks, exportName) : Object.hasOwn(types.tasks, exportName);

const revisionOf = (files: ReadonlySet<string>, entries: Entries): string =>
  hashOf(...Array.from(files, (file) => entries.get(file)?.digest ?? ""));

/** What was known of tasks whose files were read again. */
export function beforeReading(
  tasks: readonly TaskModel[],
  known: KnownProject,
  fresh: Extracted,
): RereadTypes | undefined {
  const read = tasks.filter(({ file }) => fresh.entries.has(file));
  const before = typesOf(read, known.entries);
  if (read.length === 0 || before.types.size < read.length) return undefined;
  return { ...before, since: revisionOf(new Set(tasks.map(({ file }) => file)), known.entries) };
}
