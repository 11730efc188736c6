import type { TaskTypes, TypeModel } from "../contract/type-model.js";
import type { FileTypes } from "../extract/extractor.js";
import type { Basis } from "../extract/written/basis.js";
import { mapValues } from "../map-values.js";
import type { Records } from "../record-file.js";
import type { KnownFile, KnownProject, KnownTypes } from "./cache.js";
import { StoredParts, type StoredEntry, type StoredFile } from "./stored-parts.js";
import type { Table } from "./table.js";

/**
 * What is known of a project as JSON, but for what its types are, of which most runs need nothing. Paths, lists of paths and
 * definitions of types are indices of lists in which each stands once, since most belong to many tasks.
 */
export interface StoredProject {
  readonly environment: string;
  readonly settings: readonly (readonly [path: string, hash: string])[];
  readonly globals: readonly number[];
  readonly paths: string[];
  readonly lists: readonly (readonly number[])[];
  readonly files: readonly StoredFile[];
  readonly entries: readonly StoredEntry[];
  /** How many entries and files were written since all were written anew. */
  readonly age: number;
}

/** What the types of a file's tasks are: the text beside its entry. */
interface StoredTypes {
  readonly tasks: Readonly<Record<string, StoredTaskTypes>>;
  readonly contracts: Readonly<Record<string, string>>;
  readonly outline?: Basis["outline"];
  /** n.b. the names of the platform are an index, as if they were paths. */
  readonly platform?: number;
}

interface StoredTaskTypes extends Omit<TaskTypes, "types"> {
  readonly types: Readonly<Record<string, number>>;
}

/** @param before what was read before; what refers to it and has not changed stays as it stands there */
export function toStored(project: KnownProject, before: StoredParts): Records<StoredProject> {
  const parts = isWorn(project, before) ? StoredParts.none() : before;
  const { paths, lists } = parts;
  const files = Array.from(project.files, ([path, file]) => parts.files.get(file) ?? storedFile(path, file, parts));
  const entries = Array.from(project.entries, ([path, entry]) => {
    return parts.entries.get(entry) ?? ([storedEntry(path, entry, parts), storedTypes(entry, parts)] as const);
  });
  const fresh = entries.length + files.length - countKept(project, parts);
  const head: StoredProject = {
    environment: project.environment,
    settings: [...project.settings],
    globals: project.globals.map(paths.index),
    files,
    entries: entries.map(([entry]) => entry),
    age: parts.entries.size === 0 ? 0 : parts.age + fresh,
    lists: lists.toArray().map((list) => list.map(paths.index)),
    paths: paths.toArray() as string[],
  };
  return { head, texts: [parts.definitionsText, ...entries.map(([, types]) => types)] };
}

/** What nothing refers to any more stays until as much was written as there is. */
const isWorn = ({ files, entries }: KnownProject, { age }: StoredParts): boolean => age > files.size + entries.size;

const countKept = ({ files, entries }: KnownProject, parts: StoredParts): number =>
  [...files.values()].filter((file) => parts.files.has(file)).length +
  [...entries.values()].filter((entry) => parts.entries.has(entry)).length;

const storedFile = (path: string, { content, shape, imports }: KnownFile, { paths }: StoredParts): StoredFile => [
  paths.index(path),
  content,
  shape,
  mapValues(imports, paths.index),
];

const storedEntry = (path: string, entry: KnownTypes, { paths, lists }: StoredParts): StoredEntry => [
  paths.index(path),
  entry.digest,
  entry.tasks,
  entry.isComplete,
  entry.isWhole,
  lists.index(entry.dependencies),
  lists.index(entry.absent),
  entry.types.diagnostics,
];

function storedTypes({ types, contracts, basis }: KnownTypes, { lists, definitions }: StoredParts): string {
  const stored: StoredTypes = {
    tasks: mapValues(types.tasks, (task) => ({ ...task, types: mapValues(task.types, definitions.index) })),
    contracts,
    ...(basis && { outline: basis.outline, platform: lists.index(basis.platform) }),
  };
  return JSON.stringify(stored);
}

export interface ReadProject {
  readonly project: KnownProject;
  readonly parts: StoredParts;
}

/** What types are is parsed when it is looked at. */
export function fromStored({ head, texts: [definitions = "[]", ...texts] }: Records<StoredProject>): ReadProject {
  const parts = new StoredParts(head, definitions);
  const { at } = parts.paths;
  const files = head.files.map((file) => [at(file[0]), knownFile(file, parts)] as const);
  const entries = head.entries.map((entry, i) => [at(entry[0]), knownTypes(entry, texts[i] as string, parts)] as const);
  const { environment, settings, globals } = head;
  const known = { environment, settings: new Map(settings), globals: globals.map(at) };
  return { project: { ...known, files: new Map(files), entries: new Map(entries) }, parts };
}

function knownFile(stored: StoredFile, { paths, files }: StoredParts): KnownFile {
  const [, content, shape, imports] = stored;
  const file: KnownFile = {
    content,
    shape,
    get imports() {
      return mapValues(imports, paths.at);
    },
  };
  files.set(file, stored);
  return file;
}

type Details = Pick<KnownTypes, "contracts" | "basis"> & Pick<FileTypes, "tasks">;

function knownTypes(stored: StoredEntry, text: string, parts: StoredParts): KnownTypes {
  const [, digest, tasks, isComplete, isWhole, dependencies, absent, diagnostics] = stored;
  let details: Details | undefined;
  const look = (): Details => (details ??= detailsOf(text, parts));
  const entry: KnownTypes = {
    types: {
      get tasks() {
        return look().tasks;
      },
      diagnostics,
    },
    ...{ digest, tasks, isComplete, isWhole },
    get contracts() {
      return look().contracts;
    },
    dependencies: parts.lists.at(dependencies),
    absent: parts.lists.at(absent),
    get basis() {
      return look().basis;
    },
  };
  parts.entries.set(entry, [stored, text]);
  return entry;
}

/** n.b. what was parsed just now is completed in place, which takes a fraction of the time of a copy. */
function detailsOf(text: string, { lists, definitions }: StoredParts): Details {
  const { tasks, contracts, outline, platform } = JSON.parse(text) as StoredTypes;
  for (const { types } of Object.values(tasks)) putDefinitions(types, definitions);
  const basis = outline && { outline, platform: lists.at(platform as number) };
  return { tasks: tasks as object as FileTypes["tasks"], contracts, basis };
}

function putDefinitions(types: Record<string, unknown>, definitions: Table<TypeModel>): void {
  for (const name of Object.keys(types)) types[name] = definitions.at(types[name] as number);
}
