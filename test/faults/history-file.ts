import { closeSync, existsSync, openSync, readSync } from "node:fs";
import type { TimedEntry } from "../support/history/entries.js";

const CHUNK_BYTES = 256 * 1024;
const LINE_FEED = 10;

/** What a process appends to its history; each line is read once, however often it is asked for. */
export class HistoryFile {
  readonly #path: string;
  readonly #entries: TimedEntry[] = [];
  #offset = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** All entries until now. n.b. the last line of a process that was killed may be cut off */
  read(): readonly TimedEntry[] {
    if (!existsSync(this.#path)) return this.#entries;
    const fd = openSync(this.#path, "r");
    try {
      while (this.#readOn(fd));
    } finally {
      closeSync(fd);
    }
    return this.#entries;
  }

  #readOn(fd: number): boolean {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    const length = readSync(fd, chunk, 0, CHUNK_BYTES, this.#offset);
    const end = chunk.lastIndexOf(LINE_FEED, length - 1) + 1;
    if (length === 0 || end === 0) return false;
    const lines = chunk.toString("utf8", 0, end - 1).split("\n");
    this.#entries.push(...lines.map((line) => JSON.parse(line) as TimedEntry));
    this.#offset += end;
    return true;
  }
}
