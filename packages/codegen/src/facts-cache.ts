import { keepCode } from "./extract/compiler/kept-code.js";
import { CacheFile } from "./cache-file.js";
import type { FileFacts } from "./facts.js";

/** Facts of files by a hash of their content, so that a run in which nothing changed loads no parser. */
export class FactsCache {
  readonly #file: CacheFile<Readonly<Record<string, FileFacts>>>;
  readonly #known: Readonly<Record<string, FileFacts>>;
  readonly #used = new Map<string, FileFacts>();
  #changed = false;

  constructor(cwd: string) {
    this.#file = new CacheFile(cwd, "facts.json");
    this.#known = this.#file.read() ?? {};
  }

  /** The facts under a key, extracted now where they are not known. */
  async get(key: string, extract: () => Promise<FileFacts>): Promise<FileFacts> {
    let facts = this.#used.get(key) ?? (Object.hasOwn(this.#known, key) ? this.#known[key] : undefined);
    if (facts === undefined) {
      facts = await extract();
      this.#changed = true;
    }
    this.#used.set(key, facts);
    return facts;
  }

  /** Keeps what this run used, and nothing else. */
  save(): void {
    if (!this.#changed && this.#used.size === Object.keys(this.#known).length) return;
    this.#file.write(Object.fromEntries(this.#used));
    keepCode("syntax");
  }
}
