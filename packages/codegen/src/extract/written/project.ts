import { ts } from "#compiler";
import type { TaskTypes } from "../../contract/type-model.js";
import type { ReadSource } from "../types/checker-extractor.js";
import { shapeOf } from "../types/shape.js";
import { Modules, type WrittenFile } from "./modules.js";
import { outlineOf, type Outline } from "./outline.js";
import { readWrittenTask } from "./task.js";

/** How the files of a project are reached. Paths are relative to it. */
export interface WrittenProjectOptions {
  /** The text of a file; `undefined` for one that is not to be read. */
  readonly textOf: (path: string) => string | undefined;
  /** The files of the project that the imports of a file lead to; `undefined` for one of which that is not known. */
  readonly importsOf: (path: string) => Readonly<Record<string, string>> | undefined;
}

/** The files of a project as they are written, each parsed once. */
export class WrittenProject {
  readonly #options: WrittenProjectOptions;
  readonly #files = new Map<string, WrittenFile | undefined>();
  readonly #modules = new Modules((path) => this.#file(path));

  constructor(options: WrittenProjectOptions) {
    this.#options = options;
  }

  /** What depends on what in a file that parses. */
  outline(path: string): Outline | undefined {
    const file = this.#file(path);
    return file && outlineOf(file.source);
  }

  /** The types of a task, where what is written decides them. */
  read(path: string, exportName: string, platform: readonly string[]): TaskTypes | undefined {
    const file = this.#file(path);
    return file && readWrittenTask(exportName, file, { modules: this.#modules, platform: new Set(platform) });
  }

  /** A file as it was read; it must be one that is there. */
  source(path: string): ReadSource {
    const { source, imports } = this.#file(path) as WrittenFile;
    return { text: source.text, shape: shapeOf(source), imports };
  }

  #file(path: string): WrittenFile | undefined {
    if (!this.#files.has(path)) this.#files.set(path, this.#parse(path));
    return this.#files.get(path);
  }

  #parse(path: string): WrittenFile | undefined {
    const text = this.#options.textOf(path)?.replace(/^\uFEFF/, "");
    const imports = this.#options.importsOf(path);
    if (text === undefined || imports === undefined || !/\.[cm]?ts$/.test(path)) return undefined;
    const source = ts.createSourceFile(path, text, PARSING, false);
    return hasErrors(source) ? undefined : { source, imports };
  }
}

const PARSING = { languageVersion: ts.ScriptTarget.ESNext, jsDocParsingMode: ts.JSDocParsingMode.ParseNone };

/** The property is on every source file, though not in its declared type. */
const hasErrors = (file: ts.SourceFile): boolean =>
  (file as { readonly parseDiagnostics?: readonly unknown[] }).parseDiagnostics?.length !== 0;
