import { realpathSync } from "node:fs";
import { relative, resolve } from "node:path";
import type { ts } from "#compiler";
import type { SerializationConfig } from "../../config.js";
import type { TaskTypes } from "../../contract/type-model.js";
import type { Diagnostic } from "../../diagnostics.js";
import type { TaskModel } from "../../model.js";
import { groupBy } from "../../group-by.js";
import { lazily } from "../../lazily.js";
import { normalizePath, sortPaths } from "../../order.js";
import type { Extractor, FileTypes } from "../extractor.js";
import type { AmbientIndex, AmbientSlice } from "../ambient/ambient-slice.js";
import { outlineOf } from "../written/outline.js";
import type { Basis } from "../written/basis.js";
import { declaredTask } from "./declared-task.js";
import { Findings } from "./findings.js";
import { LiveProgram } from "./live-program.js";
import { shapeOf } from "./shape.js";
import { TaskReader } from "./task-reader.js";
import { ProjectConfigs } from "./tsconfigs.js";

/** Texts of files by their path relative to the project. */
export type Overlay = Readonly<Record<string, string>>;

/** What an extractor is made for. */
export interface CheckerExtractorOptions {
  /** The folder of the project; an absolute path. */
  readonly cwd: string;
  readonly serialization: Required<SerializationConfig>;
  /** Generated files, which are seen with these texts whether they exist or not. */
  readonly overlay: Overlay;
  /** What stands for the files that declare globals, by program. @default nothing: these files are read as they are */
  readonly slices?: ReadonlyMap<string, AmbientSlice>;
}

/** Reads types with the checker of the compiler that ts-morph bundles. */
export class CheckerExtractor implements Extractor {
  readonly #root: string;
  readonly #serialization: Required<SerializationConfig>;
  readonly #registered: ReadonlySet<string>;
  readonly #configs: ProjectConfigs;
  readonly #programs = new Map<string, LiveProgram>();
  readonly #slices: ReadonlyMap<string, AmbientSlice>;
  #overlay: Overlay = {};

  constructor({ cwd, serialization, overlay, slices = new Map() }: CheckerExtractorOptions) {
    this.#root = normalizePath(realpathSync(cwd));
    this.#serialization = serialization;
    this.#slices = slices;
    this.#registered = new Set(serialization.registered);
    this.#configs = new ProjectConfigs(this.#root);
    this.overlay(overlay);
  }

  /** Lays the texts of generated files over what is on disk. */
  overlay(overlay: Overlay): void {
    this.#overlay = this.#absolute(overlay);
    for (const live of this.#programs.values()) live.overlay(this.#overlay);
  }

  /** Files that will be extracted, so that one program is made for all of them. */
  include(files: readonly string[]): void {
    for (const [key, own] of groupBy(files, (file) => this.#programKey(file))) {
      this.#program(key).include(own.map((file) => this.#path(file)));
    }
  }

  extract(file: string, tasks: readonly TaskModel[]): FileTypes {
    this.include([file]);
    const { program } = this.#programOf(file);
    const source = program.getSourceFile(this.#path(file));
    const types: Record<string, TaskTypes> = {};
    const diagnostics: Diagnostic[] = [];
    for (const task of source === undefined ? [] : tasks) {
      const read = this.#extractTask(program, source as ts.SourceFile, task);
      diagnostics.push(...read.diagnostics);
      if (read.types !== undefined) types[task.exportName] = read.types;
    }
    return { tasks: types, diagnostics };
  }

  #extractTask(program: ts.Program, source: ts.SourceFile, task: TaskModel): ReadTask {
    const checker = program.getTypeChecker();
    const declared = declaredTask(checker, source, task.exportName);
    if (declared === undefined) return { types: undefined, diagnostics: [] };
    const relative = (fileName: string): string => this.#relative(fileName);
    const findings = new Findings(source, { task, serialization: this.#serialization, relative });
    const types = new TaskReader(declared, { program, checker, registered: this.#registered, findings }).read();
    return { types, diagnostics: findings.diagnostics };
  }

  dependencies(file: string): readonly string[] {
    return this.#relatives(this.#programOf(file).dependencies(this.#path(file)).files);
  }

  /** Files that would be among the dependencies of `file` if they existed. */
  absentDependencies(file: string): readonly string[] {
    return this.#relatives(this.#programOf(file).dependencies(this.#path(file)).absent);
  }

  /** Whether everything that `file` and its dependencies import was found. */
  isComplete(file: string): boolean {
    return this.#programOf(file).dependencies(this.#path(file)).isComplete;
  }

  /** What the types that are written in a file can be read from without a checker, once the file has changed. */
  basis(file: string): Basis | undefined {
    const live = this.#programOf(file);
    const source = live.program.getSourceFile(this.#path(file));
    const platform = live.platformNames(this.#path(file));
    const outline = source === undefined || platform.length === 0 ? undefined : outlineOf(source);
    return outline && { outline, platform };
  }

  /** What every file depends on besides. */
  surroundings(): Surroundings {
    const programs = [...this.#programs.values()];
    const files = programs.flatMap((live) => live.globals());
    const settings = [...this.#configs.sources, ...programs.flatMap((live) => live.packageManifests())];
    return { globals: this.#relatives(files), settings: this.#relatives(settings) };
  }

  /** The text of a file as it was read, and the part of it that decides types; `undefined` for one that no program has. */
  source(file: string): ReadSource | undefined {
    const path = this.#path(file);
    for (const live of this.#programs.values()) {
      const source = live.program.getSourceFile(path);
      if (source !== undefined)
        return { text: source.text, shape: shapeOf(source), imports: this.#imports(live, path) };
    }
    return undefined;
  }

  #imports(live: LiveProgram, path: string): Record<string, string> {
    return Object.fromEntries(Array.from(live.imports(path), ([specifier, to]) => [specifier, this.#relative(to)]));
  }

  /**
   * Whether what was read since is what it would be without slices. `again`: a slice lacked something, has grown, and all is to be
   * read again; `never`: that does not help.
   */
  settle(): "whole" | "again" | "never" {
    const states = [...this.#programs.values()].map((live) => live.settle());
    return (["never", "again"] as const).find((state) => states.includes(state)) ?? "whole";
  }

  /** What declares globals, by program. */
  ambient(): ReadonlyMap<string, AmbientIndex> {
    return new Map(Array.from(this.#programs, ([key, live]) => [key, live.ambient()]));
  }

  refresh(files: readonly string[]): void {
    for (const live of this.#programs.values()) live.refresh(files.map((file) => this.#path(file)));
  }

  #programOf(file: string): LiveProgram {
    return this.#program(this.#programKey(file));
  }

  /** Files in JavaScript are read with other options. */
  #programKey(file: string): string {
    return JSON.stringify([this.#configs.pathFor(this.#path(file)), /\.[cm]?jsx?$/.test(file)]);
  }

  #program(key: string): LiveProgram {
    let live = this.#programs.get(key);
    if (live === undefined) {
      const [path, isJavaScript] = JSON.parse(key) as [string, boolean];
      live = new LiveProgram(this.#root, this.#configs.read(path), {
        withJavaScript: isJavaScript,
        slice: this.#slices.get(key),
      });
      live.overlay(this.#overlay);
      this.#programs.set(key, live);
    }
    return live;
  }

  #path = (file: string): string => normalizePath(resolve(this.#root, file));
  #relative = (path: string): string => normalizePath(relative(this.#root, path));
  #relatives = (paths: Iterable<string>): string[] => sortPaths(Array.from(paths, this.#relative));
  #absolute = (overlay: Overlay): Overlay =>
    lazily(Object.fromEntries(Object.keys(overlay).map((file) => [this.#path(file), () => overlay[file] as string])));
}

/** Files that no import leads to, or that stand for many. Relative to the project. */
export interface Surroundings {
  /** Files of the project that declare globals, and what these import. */
  readonly globals: readonly string[];
  /** Compiler options, and the `package.json` of each installed package whose declarations were read. */
  readonly settings: readonly string[];
}

/** A file as a compiler has read it. */
export interface ReadSource {
  readonly text: string;
  /** The part of the text that decides types. */
  readonly shape: string;
  /** The files of the project that its imports lead to, by how they are written there. */
  readonly imports: Readonly<Record<string, string>>;
}

interface ReadTask {
  readonly types: TaskTypes | undefined;
  readonly diagnostics: readonly Diagnostic[];
}
