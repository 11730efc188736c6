import { statSync, type BigIntStats } from "node:fs";

/** A file is looked at so often at most; that costs some microseconds. */
const PAUSE_MS = 250;

/**
 * Which file a path leads to. SQLite goes on with a file that was deleted or replaced under it, and nobody else would ever
 * see what it stores there.
 */
export class FileIdentity {
  readonly #path: string;
  readonly #own: string | undefined;
  #lookedAt = -Infinity;
  #isGone = false;

  constructor(path: string) {
    this.#path = path;
    this.#own = identify(path);
  }

  /** Whether the path leads to another file than at the beginning, or to none. */
  isGone(): boolean {
    const now = performance.now();
    if (this.#isGone || now - this.#lookedAt < PAUSE_MS) return this.#isGone;
    this.#lookedAt = now;
    try {
      this.#isGone = identify(this.#path) !== this.#own;
    } catch {
      // a path that cannot be looked at says nothing
    }
    return this.#isGone;
  }
}

function identify(path: string): string | undefined {
  const stats: BigIntStats | undefined = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.dev} ${stats.ino}`;
}
