import { ts } from "#compiler";
import { isLibrary, isPlatform, libraryText } from "./platform.js";
import { sharedFile } from "./platform-files.js";

/** The files that a compiler sees: those on disk, with some texts laid over them. Each is read and parsed once until it is dropped. */
export class SourceFiles {
  readonly #overlay = new Map<string, string>();
  readonly #texts = new Map<string, string | undefined>();
  readonly #parsed = new Map<string, ts.SourceFile>();
  readonly #optionsKey: string;

  constructor(options: ts.CompilerOptions) {
    const { configFile: _, configFilePath: __, paths: ___, rootDirs: ____, ...rest } = options;
    this.#optionsKey = JSON.stringify(rest);
  }

  /** Lays texts over files; those laid before stay, unless there is a new one. Paths are absolute. True when any is new. */
  overlay(texts: Readonly<Record<string, string>>): boolean {
    const fresh = Object.entries(texts).filter(([file, text]) => this.#overlay.get(file) !== text);
    for (const [file, text] of fresh) {
      this.#overlay.set(file, text);
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

  text(file: string): string | undefined {
    const laid = this.#overlay.get(file);
    if (laid !== undefined) return laid;
    if (isLibrary(file)) return libraryText(file);
    if (!this.#texts.has(file)) this.#texts.set(file, ts.sys.readFile(file));
    return this.#texts.get(file);
  }

  exists(file: string): boolean {
    if (this.#overlay.has(file)) return true;
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
    const parsed = isPlatform(file) ? sharedFile(key, text, parse) : parse();
    this.#parsed.set(file, parsed);
    return parsed;
  }
}

/** Doc comments are types in JavaScript files alone. */
const docsOf = (file: string): ts.JSDocParsingMode =>
  /\.[cm]?jsx?$/.test(file) ? ts.JSDocParsingMode.ParseAll : ts.JSDocParsingMode.ParseNone;
