import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { hashOf } from "../cache-file.js";

/** Hashes of files, each read once until it is forgotten. Paths are relative to the project. */
export class FileHashes {
  readonly #cwd: string;
  /** By path, the texts among which its own is. */
  readonly #overlay = new Map<string, Readonly<Record<string, string>>>();
  readonly #known = new Map<string, string>();
  #textOf: TextOf = () => undefined;

  constructor(cwd: string) {
    this.#cwd = cwd;
  }

  /** Texts that count instead of what is on disk. */
  overlay(texts: Readonly<Record<string, string>>): void {
    for (const file of Object.keys(texts)) {
      this.#overlay.set(file, texts);
      this.#known.delete(file);
    }
  }

  /**
   * All files may have changed, or of those of the project only those that are named: of others nobody tells.
   * @param textOf the texts of files that somebody has read since
   */
  forget(files?: readonly string[], textOf: TextOf = () => undefined): void {
    this.#textOf = textOf;
    if (files === undefined) this.#known.clear();
    const others = [...this.#known.keys()].filter((file) => file.startsWith("../"));
    for (const file of [...(files ?? []), ...others]) this.#known.delete(file);
  }

  /** The hash of a file's text; empty where there is none. */
  of(file: string): string {
    let hash = this.#known.get(file);
    if (hash === undefined) {
      const laid = this.#overlay.get(file);
      hash = laid === undefined ? this.#read(file) : hashOf(laid[file] as string);
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
      const text = this.#textOf(file);
      if (text !== undefined) return hashOf(text.replace(/^\uFEFF/, ""));
      return hashOf(withoutMark(readFileSync(resolve(this.#cwd, file))));
    } catch {
      return "";
    }
  }
}

/** The text of a file, where it is known. */
type TextOf = (file: string) => string | undefined;

const MARK = Buffer.from("\uFEFF");

/** The bytes of a text without its byte order mark, which no compiler shows. */
const withoutMark = (bytes: Buffer): Buffer => (bytes.subarray(0, 3).equals(MARK) ? bytes.subarray(3) : bytes);
