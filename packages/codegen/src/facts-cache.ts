import { keepCode } from "./extract/compiler/kept-code.js";
import type { FileFacts } from "./facts.js";
import { RecordFile } from "./record-file.js";

/** Facts, and the hash of the content that they are of. */
export interface CachedFacts {
  readonly key: string;
  readonly facts: FileFacts;
}

/** Facts of files by a hash of their content, so that a run in which nothing changed loads no parser. */
export class FactsCache {
  readonly #file: RecordFile<readonly string[]>;
  /** As JSON, by key. */
  #texts: ReadonlyMap<string, string>;
  /** Those that were asked for. */
  #known = new Map<string, FileFacts>();
  #changed = false;

  constructor(cwd: string) {
    this.#file = new RecordFile(cwd, "facts.records");
    const { head = [], texts = [] } = this.#file.read() ?? {};
    this.#texts = new Map(head.map((key, i) => [key, texts[i] as string]));
  }

  /** The facts under a key, where they are known. */
  get(key: string): FileFacts | undefined {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const text = this.#texts.get(key);
    return text === undefined ? undefined : this.#put({ key, facts: JSON.parse(text) as FileFacts }).facts;
  }

  add(key: string, facts: FileFacts): CachedFacts {
    this.#changed = true;
    return this.#put({ key, facts });
  }

  #put(cached: CachedFacts): CachedFacts {
    this.#known.set(cached.key, cached.facts);
    return cached;
  }

  /** Keeps what is used, and nothing else. */
  save(used: readonly CachedFacts[]): void {
    this.#known = new Map(used.map(({ key, facts }) => [key, facts]));
    if (!this.#changed && this.#known.size === this.#texts.size) return;
    const textOf = (key: string, facts: FileFacts): string => this.#texts.get(key) ?? JSON.stringify(facts);
    this.#texts = new Map(Array.from(this.#known, ([key, facts]) => [key, textOf(key, facts)]));
    this.#file.write({ head: [...this.#texts.keys()], texts: [...this.#texts.values()] });
    this.#changed = false;
    keepCode("syntax");
  }
}
