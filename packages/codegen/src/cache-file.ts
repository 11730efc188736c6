import { createHash, hash as hashText } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sortPaths } from "./order.js";
import { replaceFile } from "./write.js";

interface Stored {
  /** What made the value. */
  readonly maker: string;
  readonly value: unknown;
}

/**
 * A value kept between runs under `node_modules/.cache/taskgen`, for as long as the code that made it is the same. One
 * that cannot be read or written is none, never an error.
 */
export class CacheFile<T> {
  readonly #path: string | undefined;

  constructor(cwd: string, name: string) {
    this.#path = placeOfCache(cwd, name);
  }

  read(): T | undefined {
    if (this.#path === undefined) return undefined;
    try {
      const stored = JSON.parse(readFileSync(this.#path, "utf8")) as Stored;
      return stored.maker === codeHash() ? (stored.value as T) : undefined;
    } catch {
      return undefined;
    }
  }

  write(value: T): void {
    if (this.#path === undefined) return;
    try {
      const stored: Stored = { maker: codeHash(), value };
      replaceFile(this.#path, JSON.stringify(stored));
    } catch {
      // A read-only checkout has no cache.
    }
  }
}

/** Where something is kept under this name; `undefined` outside of the folder of a package, which gets no cache. */
export const placeOfCache = (cwd: string, name: string): string | undefined =>
  isPackage(cwd) ? join(cwd, "node_modules", ".cache", "taskgen", name) : undefined;

const isPackage = (cwd: string): boolean =>
  ["node_modules", "package.json"].some((name) => statSync(join(cwd, name), { throwIfNoEntry: false }) !== undefined);

let ownCode: string | undefined;

/** A hash of this package's code as Node loads it, and of the versions of what it imports: what it finds out holds for as long as these do. */
export function codeHash(): string {
  ownCode ??= hashOf(...[...sortPaths(codeIn(OWN)), MANIFEST].map((file) => readFileSync(file)));
  return ownCode;
}

const OWN = fileURLToPath(new URL("./node/", import.meta.url));
const MANIFEST = fileURLToPath(new URL("../package.json", import.meta.url));

/** n.b. to list all folders at once takes several times as long */
function codeIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return codeIn(path);
    return /\.[jt]s$/.test(entry.name) && !entry.name.endsWith(".d.ts") ? [path] : [];
  });
}

/** A hash of texts in their order. */
export function hashOf(...texts: readonly (string | Uint8Array)[]): string {
  // n.b. for short texts most of the time is that of making an object that hashes
  if (texts.every((text) => typeof text === "string")) return hashText("sha256", `${texts.join("\0")}\0`);
  const hash = createHash("sha256");
  for (const text of texts) hash.update(text).update("\0");
  return hash.digest("hex");
}
