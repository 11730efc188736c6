import { statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { glob } from "tinyglobby";
import { hashOf } from "../cache-file.js";
import type { SerializationConfig } from "../config.js";
import type { FileHashes } from "./file-hashes.js";
import { normalizePath, sortPaths } from "../order.js";

const LOCK_FILES = ["package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb"];

/** Folders of which no declarations of globals are expected. */
const OUTPUT = ["**/node_modules/**", "**/.*/**", "**/{dist,build,out,coverage}/**"];

/**
 * A hash of what holds for every file and is known before any is read: how to report, which packages are installed, which
 * files may declare globals, without their contents.
 */
export async function environmentOf(
  cwd: string,
  hashes: FileHashes,
  serialization: Required<SerializationConfig>,
): Promise<string> {
  const settings = ["package.json", ...lockFiles(cwd)].map((file) => [file, hashes.of(file)]);
  const declarations = await glob("**/*.d.{ts,mts,cts}", { cwd, ignore: OUTPUT, onlyFiles: true });
  return hashOf(JSON.stringify([serialization, settings, sortPaths(declarations)]));
}

/** The lock files of the nearest folder that has any. */
function lockFiles(cwd: string): string[] {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const present = LOCK_FILES.filter((name) => statSync(join(folder, name), { throwIfNoEntry: false }) !== undefined);
    if (present.length > 0) return present.map((name) => normalizePath(relative(cwd, join(folder, name))));
    if (folder === dirname(folder)) return [];
  }
}
