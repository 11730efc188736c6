import { readFileSync, statSync, type Stats } from "node:fs";
import { CacheFile, hashOf, placeOfCache } from "./cache-file.js";

/** A file as it was when its text was hashed: the hash, when that was, and what the file system said of it just before. */
type Seen = readonly [hash: string, at: number, mtimeMs: number, ctimeMs: number, size: number, inode: number];

interface StoredIndex {
  /** When it was written, by the clock of `at`. */
  readonly written: number;
  readonly files: readonly (readonly [path: string, seen: Seen])[];
}

/** What is known of a file now. */
export interface Content {
  /** Of its text without a byte order mark. */
  readonly hash: string;
  /** In bytes, with that mark. */
  readonly size: number;
  /** The text, where it had to be read. */
  readonly text?: string;
}

/** The coarsest clock of a file system, and something. */
const TICK_MS = 3_000;

/** To read so many bytes again costs less than to write the index. */
const MOST_UNSETTLED = 200_000;

/**
 * Hashes of files, kept between runs with what the file system says of them, as git's index does: a file of which it says the same is
 * not read. One that changed shortly before it was read could change again without a trace, so its hash is not trusted later.
 */
export class FileIndex {
  readonly #file: CacheFile<StoredIndex>;
  readonly #place: string | undefined;
  readonly #now: () => number;
  readonly #used = new Map<string, Seen>();
  #stored: ReadonlyMap<string, Seen> | undefined;
  /** How far the clock of the file system is behind. */
  #behindMs = 0;
  #isChanged = false;
  /** Bytes that were read again and are what they were. */
  #verified = 0;

  constructor(cwd: string, now = Date.now) {
    this.#now = now;
    this.#file = new CacheFile(cwd, NAME);
    this.#place = placeOfCache(cwd, NAME);
  }

  /** What is known of the file at an absolute path; throws what reading it throws. */
  look(path: string): Content {
    const at = this.#now();
    const stats = statSync(path);
    const known = this.#known(path);
    const isSame = known !== undefined && saysTheSame(known, stats);
    if (isSame && this.#isSettled(known)) {
      this.#used.set(path, known);
      return { hash: known[0], size: stats.size };
    }
    const text = readText(path);
    const hash = hashOf(text);
    const { mtimeMs, ctimeMs, size, ino } = stats;
    if (isSame) this.#verified += size;
    else this.#isChanged = true;
    this.#used.set(path, [hash, at, mtimeMs, ctimeMs, size, ino]);
    return { hash, size, text };
  }

  /** Keeps what was looked at for the next process. */
  save(): void {
    if (!this.#isChanged && this.#verified < MOST_UNSETTLED) return;
    this.#file.write({ written: this.#now(), files: [...this.#used] });
    this.#isChanged = false;
    this.#verified = 0;
  }

  #known(path: string): Seen | undefined {
    this.#stored ??= this.#read();
    return this.#used.get(path) ?? this.#stored.get(path);
  }

  #read(): ReadonlyMap<string, Seen> {
    const stored = this.#file.read();
    if (stored === undefined || this.#place === undefined) return new Map();
    this.#behindMs = Math.max(0, stored.written - (statSync(this.#place, { throwIfNoEntry: false })?.mtimeMs ?? 0));
    return new Map(stored.files);
  }

  #isSettled([, at, mtimeMs, ctimeMs]: Seen): boolean {
    return Math.max(mtimeMs, ctimeMs) + this.#behindMs + TICK_MS < at;
  }
}

const NAME = "files.json";

const saysTheSame = ([, , mtimeMs, ctimeMs, size, inode]: Seen, now: Stats): boolean =>
  now.mtimeMs === mtimeMs && now.ctimeMs === ctimeMs && now.size === size && now.ino === inode;

/** The text of a file without a byte order mark, which no compiler shows. */
export const readText = (path: string): string => withoutMark(readFileSync(path, "utf8"));

const withoutMark = (text: string): string => (text.startsWith("\uFEFF") ? text.slice(1) : text);
