import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { SerializationConfig } from "../config.js";
import { AmbientSlice } from "../extract/ambient/ambient-slice.js";
import { AmbientCache, behindBarrels } from "./ambient-cache.js";
import { extractFiles, isAsKnown, type Extracted } from "./extract-files.js";
import type { FileHashes } from "./file-hashes.js";
import type { Missed } from "./read-written.js";

/** Files whose types are to be read, and what they are read with. */
export interface SlicedOptions extends Missed {
  readonly serialization: Required<SerializationConfig>;
  readonly hashes: FileHashes;
}

/** More files than this need most of what declares globals. */
const MOST_FILES = 20;

/** How often a slice may lack something. */
const MOST_TRIES = 5;

/**
 * Reads the types of a few files with a checker that sees of the declarations of globals only those that the files need, since
 * to read and to bind all of them takes longer than all the rest. `undefined` where that may not be what it would be with all.
 */
export async function readSliced(options: SlicedOptions): Promise<Extracted | undefined> {
  const { cwd, known, hashes, tasks, stale } = options;
  if (tasks.size > MOST_FILES || known.files.size === 0) return undefined;
  const cache = new AmbientCache(cwd);
  const programs = cache.read(known.environment, hashes);
  if (programs === undefined) return undefined;
  const behind = new Set(behindBarrels(cwd, programs.values()).files);
  // n.b. what is left out of a barrel is not read, so it has to be known as it is
  if (![...behind].every((file) => isAsKnown(known, stale, file))) return undefined;
  const names = [...cache.names, ...namesIn(options, behind)];
  const slices = new Map(Array.from(programs, ([key, index]) => [key, new AmbientSlice(index, names)]));
  const missed = new Set<string>();
  const read = await readWith(slices, options, missed);
  if (missed.size > 0) cache.addNames(missed);
  return read;
}

async function readWith(
  slices: ReadonlyMap<string, AmbientSlice>,
  { cwd, serialization, overlay, tasks, known, stale }: SlicedOptions,
  missed: Set<string>,
): Promise<Extracted | undefined> {
  const { CheckerExtractor } = await import("../extract/types/checker-extractor.js");
  const extractor = new CheckerExtractor({ cwd, serialization, overlay, slices });
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const read = extracted(() => extractFiles(extractor, tasks, (file) => isAsKnown(known, stale, file)));
    for (const name of [...slices.values()].flatMap((slice) => [...slice.missed])) missed.add(name);
    const state = extractor.settle();
    // What is found wrong is told with places, which are those of whole files.
    if (state === "whole") return read !== undefined && isClean(read) ? read : undefined;
    if (state === "never") return undefined;
  }
  return undefined;
}

/** n.b. a checker does not expect that a name has a symbol without declarations; what is wrong besides, the next one will say */
function extracted(read: () => Extracted): Extracted | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const isClean = ({ entries }: Extracted): boolean =>
  [...entries.values()].every(({ types, isComplete }) => isComplete && types.diagnostics.length === 0);

/**
 * Every word of the files and of what they import within the project, and every text in quotes that may be a module.
 * @param behind barrels, which have words for all that they lead to, and that
 */
function namesIn({ cwd, tasks, known, overlay }: SlicedOptions, behind: ReadonlySet<string>): Set<string> {
  const files = new Set([...tasks.keys()].flatMap((file) => [file, ...(known.entries.get(file)?.dependencies ?? [])]));
  const found = new Set<string>();
  for (const file of files) {
    if (file.startsWith("../") || Object.hasOwn(overlay, file) || behind.has(file)) continue;
    for (const [word] of textOf(cwd, file).matchAll(/[A-Za-z_$][\w$]*|["'][\w@:/.-]+["']/g)) {
      found.add(word.replaceAll("'", '"'));
    }
  }
  return found;
}

function textOf(cwd: string, file: string): string {
  try {
    return readFileSync(resolve(cwd, file), "utf8");
  } catch {
    return "";
  }
}
