import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { hashOf } from "../cache-file.js";

/** Hashes of files, each read once until it is forgotten. Paths are relative to the project. */
export class FileHashes {
  readonly #cwd: string;
  readonly #overlay = new Map<string, string>();
  readonly #known = new Map<string, string>();

  constructor(cwd: string) {
    this.#cwd = cwd;
  }

  /** Texts that count instead of what is on disk. */
  overlay(texts: Readonly<Record<string, string>>): void {
    for (const [file, text] of Object.entries(texts)) this.#overlay.set(file, hashOf(text));
  }

  /** All files may have changed, or of those of the project only those that are named: of others nobody tells. */
  forget(files?: readonly string[]): void {
    if (files === undefined) this.#known.clear();
    const others = [...this.#known.keys()].filter((file) => file.startsWith("../"));
    for (const file of [...(files ?? []), ...others]) this.#known.delete(file);
  }

  /** The hash of a file's text; empty where there is none. */
  of(file: string): string {
    let hash = this.#overlay.get(file) ?? this.#known.get(file);
    if (hash === undefined) {
      hash = this.#read(file);
      this.#known.set(file, hash);
    }
    return hash;
  }

  /** Whether there is a file now. */
  exists(file: string): boolean {
    return this.#overlay.has(file) || statSync(resolve(this.#cwd, file), { throwIfNoEntry: false })?.isFile() === true;
  }

  #read(file: string): string {
    try {
      return hashOf(withoutMark(readFileSync(resolve(this.#cwd, file))));
    } catch {
      return "";
    }
  }
}

const MARK = Buffer.from("\uFEFF");

/** The bytes of a text without its byte order mark, which no compiler shows. */
const withoutMark = (bytes: Buffer): Buffer => (bytes.subarray(0, 3).equals(MARK) ? bytes.subarray(3) : bytes);
