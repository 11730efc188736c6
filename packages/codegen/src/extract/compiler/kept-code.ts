import { isAscii } from "node:buffer";
import { readFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { basename, dirname } from "node:path";
import { arch, versions } from "node:process";
import { Script } from "node:vm";
import { hashOf } from "../../cache-file.js";
import { replaceFile } from "../../write.js";

/** How much of a compiler has run when its code is kept: its parser, or its checker too. V8 keeps what has run. */
export type Stage = "syntax" | "types";

/** What kept code is worth having for, the most useful first. */
const STAGES: readonly Stage[] = ["types", "syntax"];

interface Loaded {
  readonly script: Script;
  /** Where its code is kept, without the stage. */
  readonly place: string;
  /** What it was made of. */
  readonly stage: Stage | undefined;
}

const loaded = new Map<string, Loaded>();
const require = createRequire(import.meta.url);

/**
 * Loads a CommonJS module from the code that V8 made of it in an earlier process, which takes a third of the time where the
 * module is as large as a compiler. Whatever is in the way, it is loaded as any other. It is the same module for whoever
 * else requires it.
 */
export function requireKept(path: string): unknown {
  if (require.cache[path] === undefined) {
    try {
      load(path);
    } catch {
      delete require.cache[path];
    }
  }
  return require(path);
}

function load(path: string): void {
  const bytes = readFileSync(path);
  // n.b. V8 keeps a text that is known to be ASCII in half the space, and reads it faster
  const text = isAscii(bytes) ? bytes.toString("latin1") : bytes.toString();
  const place = placeOf(path, bytes);
  const kept = readKept(place);
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${text}\n})`, {
    filename: path,
    cachedData: kept?.code,
  });
  const stage = script.cachedDataRejected === false ? kept?.stage : undefined;
  run(script, path);
  loaded.set(path, { script, place, stage });
}

function run(script: Script, path: string): void {
  const module = new Module(path);
  module.filename = path;
  require.cache[path] = module;
  const body = script.runInThisContext() as (...args: readonly unknown[]) => void;
  body.call(module.exports, module.exports, createRequire(path), module, path, dirname(path));
  module.loaded = true;
}

/** Below the `node_modules` that the module is installed in, for this version of it and of V8. */
function placeOf(path: string, text: Buffer): string {
  const [before = dirname(path)] = path.split(/[\\/]node_modules[\\/]/, 1);
  const key = hashOf(text, versions.v8, arch).slice(0, 16);
  return `${before}/node_modules/.cache/taskgen/${basename(path, ".js")}-${key}`;
}

const DIGEST = 64;

function readKept(place: string): { readonly stage: Stage; readonly code: Buffer } | undefined {
  for (const stage of STAGES) {
    const file = readIfThere(`${place}.${stage}`);
    const code = file?.subarray(DIGEST);
    // n.b. V8 trusts what it is given
    if (code !== undefined && hashOf(code) === file?.toString("latin1", 0, DIGEST)) return { stage, code };
  }
  return undefined;
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** Keeps the code of what was loaded, where there is none yet of this stage or a later one. */
export function keepCode(stage: Stage): void {
  for (const [path, { script, place, stage: known }] of loaded) {
    if (known === stage || known === "types") continue;
    try {
      const code = script.createCachedData();
      replaceFile(`${place}.${stage}`, Buffer.concat([Buffer.from(hashOf(code)), code]));
    } catch {
      // Where nothing can be written, nothing is kept.
    }
    loaded.set(path, { script, place, stage });
  }
}
