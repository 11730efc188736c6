import { statSync } from "node:fs";
import { resolve } from "node:path";
import { hashOf } from "../cache-file.js";
import { FileIndex } from "../file-index.js";

/** Hashes of files, each read once until it is forgotten. Paths are relative to the project. */
export class FileHashes {
  readonly #cwd: string;
  /** By path, the texts among which its own is. */
  readonly #overlay = new Map<string, Readonly<Record<string, string>>>();
  readonly #known = new Map<string, string>();
  readonly #index: FileIndex;
  #hashOf: HashOf = () => undefined;

  constructor(cwd: string, index = new FileIndex(cwd)) {
    this.#cwd = cwd;
    this.#index = index;
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
   * @param hashOf the hashes of files that somebody has looked at since
   */
  forget(files?: readonly string[], hashOf: HashOf = () => undefined): void {
    this.#hashOf = hashOf;
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
      return this.#hashOf(file) ?? this.#index.look(resolve(this.#cwd, file)).hash;
    } catch {
      return "";
    }
  }
}

/** The hash of the text of a file, where it is known. */
type HashOf = (file: string) => string | undefined;
