import { ts } from "#compiler";
import type { AmbientSlice } from "../ambient/ambient-slice.js";
import { isLibrary, isPlatform, libraryText } from "./platform.js";
import { sharedFile } from "./platform-files.js";

/** Texts by path; each may be made when it is looked at. */
type Texts = Readonly<Record<string, string>>;

/** The files that a compiler sees: those on disk, with some texts laid over them. Each is read and parsed once until it is dropped. */
export class SourceFiles {
  /** By file, the texts among which its own is. */
  readonly #overlay = new Map<string, Texts>();
  readonly #texts = new Map<string, string | undefined>();
  readonly #parsed = new Map<string, ts.SourceFile>();
  readonly #optionsKey: string;
  readonly #slice: AmbientSlice | undefined;

  /** @param slice what stands for files that declare globals */
  constructor(options: ts.CompilerOptions, slice?: AmbientSlice) {
    this.#slice = slice;
    const { configFile: _, configFilePath: __, paths: ___, rootDirs: ____, ...rest } = options;
    this.#optionsKey = JSON.stringify(rest);
  }

  /** Lays texts over files; those laid before stay, unless there is a new one. Paths are absolute. True when any is new. */
  overlay(texts: Texts): boolean {
    const fresh = Object.keys(texts).filter((file) => {
      const known = this.#overlay.get(file);
      return known === undefined || (known !== texts && known[file] !== texts[file]);
    });
    for (const file of fresh) {
      this.#overlay.set(file, texts);
      this.#parsed.delete(file);
    }
    return fresh.length > 0;
  }

  /** Forgets what was read of a file; true when it has appeared or vanished meanwhile. */
  drop(file: string): boolean {
    const existed = this.#texts.get(file) !== undefined;
    if (this.#overlay.has(file)) return false;
    this.#texts.delete(file);
    this.#parsed.delete(file);
    return existed !== this.exists(file);
  }

  /** Forgets what was read of the slice, which has grown. */
  dropSlice(): void {
    for (const file of this.#slice?.paths ?? []) this.#parsed.delete(file);
  }

  text(file: string): string | undefined {
    const laid = this.#overlay.get(file);
    if (laid !== undefined) return laid[file];
    if (this.#slice?.has(file) === true) return this.#slice.text(file);
    if (isLibrary(file)) return libraryText(file);
    if (!this.#texts.has(file)) this.#texts.set(file, ts.sys.readFile(file));
    return this.#texts.get(file);
  }

  exists(file: string): boolean {
    if (this.#overlay.has(file) || this.#slice?.has(file) === true) return true;
    return isLibrary(file) ? libraryText(file) !== undefined : ts.sys.fileExists(file);
  }

  folderExists(folder: string): boolean {
    return ts.sys.directoryExists(folder) || [...this.#overlay.keys()].some((file) => file.startsWith(`${folder}/`));
  }

  /** A file that is not on disk is where it says. */
  realPath(file: string): string {
    return this.#overlay.has(file) || isLibrary(file) ? file : (ts.sys.realpath?.(file) ?? file);
  }

  parse(file: string, options: ts.CreateSourceFileOptions): ts.SourceFile | undefined {
    const known = this.#parsed.get(file);
    if (known !== undefined) return known;
    const text = this.text(file);
    if (text === undefined) return undefined;
    const parse = (): ts.SourceFile => ts.createSourceFile(file, text, { ...options, jsDocParsingMode: docsOf(file) });
    const { languageVersion, impliedNodeFormat } = options;
    const key = JSON.stringify([file, languageVersion, impliedNodeFormat, this.#optionsKey]);
    const isShared = isPlatform(file) && this.#slice?.has(file) !== true;
    const parsed = isShared ? sharedFile(key, text, parse) : parse();
    this.#parsed.set(file, parsed);
    return parsed;
  }
}

/** Doc comments are types in JavaScript files alone. */
const docsOf = (file: string): ts.JSDocParsingMode =>
  /\.[cm]?jsx?$/.test(file) ? ts.JSDocParsingMode.ParseAll : ts.JSDocParsingMode.ParseNone;
