import { statSync } from "node:fs";
import { resolve } from "node:path";
import { dirname, extname, join } from "node:path/posix";
import { hashOf } from "./cache-file.js";
import type { CachedFacts, FactsCache } from "./facts-cache.js";
import type { FileFacts } from "./facts.js";
import { readText, type FileIndex } from "./file-index.js";

/** The files of a project as the generator reads them: text and facts, each read once until it is forgotten. */
export class Sources {
  readonly #cwd: string;
  readonly #cache: FactsCache;
  readonly #index: FileIndex;
  readonly #texts = new Map<string, string>();
  readonly #hashes = new Map<string, string>();
  readonly #facts = new Map<string, CachedFacts>();

  constructor(cwd: string, cache: FactsCache, index: FileIndex) {
    this.#cwd = cwd;
    this.#cache = cache;
    this.#index = index;
  }

  /** Files that may have changed since they were read; without names all. */
  forget(files: readonly string[] | undefined): void {
    for (const known of [this.#texts, this.#hashes, this.#facts]) {
      if (files === undefined) known.clear();
      else for (const file of files) known.delete(file);
    }
  }

  /** Keeps the facts of what was read for the next process. */
  save(): void {
    this.#cache.save([...this.#facts.values()]);
  }

  /** The text of a file; paths are relative to the project. */
  text(file: string): string {
    let text = this.#texts.get(file);
    if (text === undefined) {
      text = readText(resolve(this.#cwd, file));
      this.#texts.set(file, text);
    }
    return text;
  }

  /** The hash of the text of a file that was looked at before. */
  knownHash(file: string): string | undefined {
    return this.#hashes.get(file);
  }

  /** What a file says about tasks. The parser is loaded for the first file whose facts are not cached. */
  async facts(file: string): Promise<FileFacts> {
    const known = this.#facts.get(file);
    if (known !== undefined) return known.facts;
    const key = this.#keyOf(file);
    const kept = this.#cache.get(key);
    const facts = kept === undefined ? await this.#extract(file) : { key, facts: kept };
    this.#facts.set(file, facts);
    return facts.facts;
  }

  #keyOf(file: string): string {
    const { hash, text } = this.#index.look(resolve(this.#cwd, file));
    this.#hashes.set(file, hash);
    if (text !== undefined) this.#texts.set(file, text);
    return contentKey(file, hash);
  }

  /** n.b. facts are of the text that was read, whatever it was when its hash was looked up */
  async #extract(file: string): Promise<CachedFacts> {
    const text = this.text(file);
    const hash = hashOf(text);
    this.#hashes.set(file, hash);
    const { extractFacts } = await import("./extract/syntax.js");
    return this.#cache.add(contentKey(file, hash), extractFacts(file, text));
  }

  /** The file that a relative import leads to; `undefined` for other imports and where there is none. */
  resolve(from: string, specifier: string): string | undefined {
    if (!/^\.\.?(?:\/|$)/.test(specifier)) return undefined;
    const path = join(dirname(from), specifier);
    return candidates(path).find((file) => statSync(resolve(this.#cwd, file), { throwIfNoEntry: false })?.isFile());
  }
}

/** Equal for files with the same text that are parsed in the same way. */
const contentKey = (file: string, hash: string): string => hash + extname(file);

/** Source endings of the ending that an import is written with. */
const SOURCES_OF: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx", ".js", ".jsx"],
  ".jsx": [".tsx", ".jsx"],
  ".mjs": [".mts", ".mjs"],
  ".cjs": [".cts", ".cjs"],
};

function candidates(path: string): string[] {
  const ending = extname(path);
  const sources = SOURCES_OF[ending];
  if (sources !== undefined) return sources.map((source) => path.slice(0, -ending.length) + source);
  return [path, `${path}.ts`, `${path}.tsx`, `${path}.mts`, `${path}.js`, `${path}/index.ts`, `${path}/index.js`];
}
