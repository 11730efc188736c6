import { keepCode } from "./extract/compiler/kept-code.js";
import { CacheFile } from "./cache-file.js";
import type { FileFacts } from "./facts.js";

/** Facts, and the hash of the content that they are of. */
export interface CachedFacts {
  readonly key: string;
  readonly facts: FileFacts;
}

/** Facts of files by a hash of their content, so that a run in which nothing changed loads no parser. */
export class FactsCache {
  readonly #file: CacheFile<Readonly<Record<string, FileFacts>>>;
  #known: Readonly<Record<string, FileFacts>>;
  #changed = false;

  constructor(cwd: string) {
    this.#file = new CacheFile(cwd, "facts.json");
    this.#known = this.#file.read() ?? {};
  }

  /** The facts under a key, extracted now where they are not known. */
  async get(key: string, extract: () => Promise<FileFacts>): Promise<FileFacts> {
    if (Object.hasOwn(this.#known, key)) return this.#known[key] as FileFacts;
    this.#changed = true;
    return extract();
  }

  /** Keeps what is used, and nothing else. */
  save(used: readonly CachedFacts[]): void {
    const facts = Object.fromEntries(used.map((one) => [one.key, one.facts]));
    if (!this.#changed && Object.keys(facts).length === Object.keys(this.#known).length) return;
    this.#file.write(facts);
    this.#known = facts;
    this.#changed = false;
    keepCode("syntax");
  }
}
