import type { TaskTypes, TypeModel } from "../contract/type-model.js";
import type { FileTypes } from "../extract/extractor.js";
import type { Basis } from "../extract/written/basis.js";
import { mapValues } from "../map-values.js";
import type { KnownProject, KnownTypes } from "./cache.js";

/**
 * What is known of a project as JSON. Paths, lists of paths and definitions of types are indices of lists in which each
 * stands once, since most belong to many tasks.
 */
export interface StoredProject {
  readonly environment: string;
  readonly settings: readonly (readonly [path: string, hash: string])[];
  readonly globals: readonly number[];
  readonly paths: readonly string[];
  readonly lists: readonly (readonly number[])[];
  readonly definitions: readonly TypeModel[];
  readonly files: readonly StoredFile[];
  readonly entries: readonly (readonly [path: number, entry: StoredTypes])[];
}

type StoredFile = readonly [
  path: number,
  content: string,
  shape: string,
  imports: Readonly<Record<string, number>> | undefined,
];

interface StoredTypes extends Omit<KnownTypes, "types" | "dependencies" | "absent" | "basis"> {
  readonly types: Omit<FileTypes, "tasks"> & { readonly tasks: Readonly<Record<string, StoredTaskTypes>> };
  /** Indices of lists. */
  readonly dependencies: number;
  readonly absent: number;
  /** n.b. the names of the platform are an index, as if they were paths. */
  readonly basis?: { readonly outline: Basis["outline"]; readonly platform: number };
}

interface StoredTaskTypes extends Omit<TaskTypes, "types"> {
  readonly types: Readonly<Record<string, number>>;
}

/** A list in which each item, told apart by its JSON, stands once. */
class Table<T> {
  /** By identity, for those that were met before, and by JSON. */
  readonly #indices = new Map<unknown, number>();
  readonly #items: T[] = [];

  readonly index = (item: T): number => {
    const known = this.#indices.get(item);
    if (known !== undefined) return known;
    const text = JSON.stringify(item);
    const index = this.#indices.get(text) ?? this.#items.push(item) - 1;
    this.#indices.set(item, index).set(text, index);
    return index;
  };

  toArray(): readonly T[] {
    return this.#items;
  }
}

export function toStored({ environment, settings, globals, files, entries }: KnownProject): StoredProject {
  const paths = new Table<string>();
  const lists = new Table<readonly number[]>();
  const definitions = new Table<TypeModel>();
  const list = (items: readonly string[]): number => lists.index(items.map(paths.index));
  const stored = {
    environment,
    settings: [...settings],
    globals: globals.map(paths.index),
    files: Array.from(files, ([path, { content, shape, imports }]): StoredFile => {
      return [paths.index(path), content, shape, mapValues(imports, paths.index)];
    }),
    entries: Array.from(entries, ([path, entry]) => {
      const { types, dependencies, absent, basis, ...rest } = entry;
      const tasks = mapValues(types.tasks, (task) => ({ ...task, types: mapValues(task.types, definitions.index) }));
      const indices = { dependencies: list(dependencies), absent: list(absent) };
      const foundation = basis && { basis: { ...basis, platform: list(basis.platform) } };
      return [paths.index(path), { ...rest, types: { ...types, tasks }, ...indices, ...foundation }] as const;
    }),
  };
  return { ...stored, paths: paths.toArray(), lists: lists.toArray(), definitions: definitions.toArray() };
}

/** @param stored was parsed from JSON just now; it is completed in place, which takes a fraction of the time of a copy. */
export function fromStored(stored: StoredProject): KnownProject {
  const { environment, settings, globals, paths, files, entries } = stored;
  const path = (index: number): string => paths[index] as string;
  const lists = stored.lists.map((list) => list.map(path));
  const known = new Map<string, KnownTypes>();
  for (const [index, entry] of entries) {
    for (const task of Object.values(entry.types.tasks)) putDefinitions(task.types, stored.definitions);
    const dependencies = lists[entry.dependencies] as readonly string[];
    const absent = lists[entry.absent] as readonly string[];
    const platform = lists[entry.basis?.platform ?? -1];
    if (platform !== undefined) Object.assign(entry.basis as object, { platform });
    known.set(path(index), Object.assign(entry as object as KnownTypes, { dependencies, absent }));
  }
  return {
    environment,
    settings: new Map(settings),
    globals: globals.map(path),
    files: new Map(
      files.map(([index, content, shape, imports = {}]) => [
        path(index),
        { content, shape, imports: mapValues(imports, path) },
      ]),
    ),
    entries: known,
  };
}

function putDefinitions(types: Record<string, unknown>, definitions: readonly TypeModel[]): void {
  for (const name of Object.keys(types)) types[name] = definitions[types[name] as number];
}
