import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { hashOf } from "../cache-file.js";
import type { FileHashes } from "./file-hashes.js";
import type { TaskModel } from "../model.js";
import type { KnownProject, KnownTypes } from "./cache.js";

/** What has become of the files that types come from. Paths are relative to the project. */
export interface StaleFiles {
  /** Files with another text than they had, or that are gone. */
  readonly changed: ReadonlySet<string>;
  /** Those of them whose new text may have other types, and the shapes of the rest. */
  readonly reshaped: ReadonlySet<string>;
  /** Files that were looked for in vain, and are there now. */
  readonly appeared: ReadonlySet<string>;
}

/** Where to look. */
interface Where {
  readonly cwd: string;
  readonly hashes: FileHashes;
  /** Texts of files by path that count instead of what is on disk. */
  readonly overlay: Readonly<Record<string, string>>;
}

/** Compares what is known with what is there. A parser is loaded only where a text has changed. */
export async function findStaleFiles(known: KnownProject, { cwd, hashes, overlay }: Where): Promise<StaleFiles> {
  const changed = new Set(
    [...known.files].filter(([path, { content }]) => hashes.of(path) !== content).map(([path]) => path),
  );
  const reshaped = new Set<string>();
  for (const path of changed) {
    const text = overlay[path] ?? (hashes.of(path) === "" ? undefined : readFileSync(resolve(cwd, path), "utf8"));
    if (text === undefined || (await shapeHash(path, text)) !== known.files.get(path)?.shape) reshaped.add(path);
  }
  const absent = new Set([...new Set(Array.from(known.entries.values(), (entry) => entry.absent))].flat());
  return { changed, reshaped, appeared: new Set([...absent].filter((path) => hashes.exists(path))) };
}

async function shapeHash(path: string, text: string): Promise<string> {
  const { shapeOfText } = await import("../extract/types/shape.js");
  return hashOf(shapeOfText(path, text));
}

/** What tasks of a file are asked for. Their places matter to diagnostics alone, which depend on the text itself. */
export const tasksKey = (tasks: readonly TaskModel[]): string =>
  JSON.stringify(tasks.map(({ exportName, name }) => [exportName, name]));

/** Whether a task is among those that such a key is of. */
export const asksFor = (key: string, exportName: string): boolean => key.includes(`[${JSON.stringify(exportName)},`);

/** Whether what is known of a file's types is what would be read from it now. */
export function isCurrent(
  entry: KnownTypes | undefined,
  [file, tasks]: readonly [file: string, tasks: readonly TaskModel[]],
  stale: StaleFiles,
): boolean {
  if (entry === undefined || entry.tasks !== tasksKey(tasks)) return false;
  if (entry.absent.some((path) => stale.appeared.has(path))) return false;
  const isClean = entry.types.diagnostics.length === 0;
  const decisive = isClean ? stale.reshaped : stale.changed;
  if (!isClean && !entry.isComplete) return false;
  return decisive.size === 0 || ![file, ...entry.dependencies].some((path) => decisive.has(path));
}
