import { readFileSync } from "node:fs";
import { codeHash, hashOf, placeOfCache } from "./cache-file.js";
import { replaceFile } from "./write.js";

/** Texts, and a value that says what they are. */
export interface Records<H> {
  readonly head: H;
  readonly texts: readonly string[];
}

/** What stands in the first line. */
interface FirstLine {
  readonly maker: string;
  readonly head: unknown;
  readonly lengths: readonly number[];
  /** Of all texts together. */
  readonly digest: string;
}

/**
 * Texts kept between runs as a `CacheFile` keeps a value: what each of them says is parsed by who looks at it, and what has not
 * changed is written as it was read.
 */
export class RecordFile<H> {
  readonly #path: string | undefined;

  constructor(cwd: string, name: string) {
    this.#path = placeOfCache(cwd, name);
  }

  read(): Records<H> | undefined {
    if (this.#path === undefined) return undefined;
    try {
      return recordsIn(readFileSync(this.#path, "utf8"));
    } catch {
      return undefined;
    }
  }

  write({ head, texts }: Records<H>): void {
    if (this.#path === undefined) return;
    try {
      const body = texts.join("");
      const first: FirstLine = {
        maker: codeHash(),
        head,
        lengths: texts.map(({ length }) => length),
        digest: hashOf(body),
      };
      replaceFile(this.#path, `${JSON.stringify(first)}\n${body}`);
    } catch {
      // A read-only checkout has no cache.
    }
  }
}

function recordsIn<H>(text: string): Records<H> | undefined {
  const end = text.indexOf("\n");
  const { maker, head, lengths, digest } = JSON.parse(text.slice(0, end)) as FirstLine;
  let at = end + 1;
  if (maker !== codeHash() || hashOf(text.slice(at)) !== digest) return undefined;
  const texts = lengths.map((length) => text.slice(at, (at += length)));
  return { head: head as H, texts };
}
