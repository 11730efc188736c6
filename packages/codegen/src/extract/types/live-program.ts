import { ts } from "#compiler";
import { ambientFiles } from "../ambient/ambient-index.js";
import type { AmbientIndex, AmbientSlice } from "../ambient/ambient-slice.js";
import { setTripwires } from "../ambient/tripwires.js";
import type { AmbientFile } from "../ambient/units.js";
import { Imports } from "./imports.js";
import { augmentedModules, isStrict, knownNames } from "./plain-program.js";
import { packageManifests } from "./package-manifests.js";
import { isLocal, LIB_FOLDER } from "./platform.js";
import { SourceFiles } from "./source-files.js";
import type { ProjectConfig } from "./tsconfigs.js";

/** What the types of one file come from. Absolute paths. */
export interface Dependencies {
  /** The file itself and what it imports, installed packages left out. */
  readonly files: ReadonlySet<string>;
  /** Files that would be among them if they existed. */
  readonly absent: ReadonlySet<string>;
  /** Whether every import was found. */
  readonly isComplete: boolean;
  /** Whether something that the file imports imports the file. */
  readonly isCyclic: boolean;
}

/** How a program differs from what its configuration says. */
export interface LiveOptions {
  readonly withJavaScript: boolean;
  /** What stands for the files that declare globals. */
  readonly slice?: AmbientSlice | undefined;
}

/** What was found of a program. */
interface Plain {
  readonly of: ts.Program;
  /** Names of the platform that mean what it declares. */
  readonly names: readonly string[];
  /** Files that declare globals, and what these import. */
  readonly globals: ReadonlySet<string>;
}

/** A program of the compiler over some files of a project: the ones that were asked for, and what they import. */
export class LiveProgram {
  readonly #files: SourceFiles;
  readonly #imports: Imports;
  readonly #host: ts.CompilerHost;
  readonly #config: ProjectConfig;
  readonly #options: ts.CompilerOptions;
  readonly #ambient: ReadonlySet<string>;
  readonly #roots = new Set<string>();
  #current: ts.Program | undefined;
  #plain: Plain | undefined;
  #previous: ts.Program | undefined;
  readonly #slice: AmbientSlice | undefined;
  #isWhole = true;

  /** @param root the folder of the project, absolute, with `/`. */
  constructor(root: string, config: ProjectConfig, { withJavaScript, slice }: LiveOptions) {
    this.#config = config;
    this.#slice = slice;
    this.#options = withJavaScript ? { ...config.options, allowJs: true } : config.options;
    this.#files = new SourceFiles(this.#options, slice);
    this.#host = this.#createHost(root);
    this.#imports = new Imports(this.#host, this.#options);
    // Declarations of globals belong to every file, though none imports them.
    this.#ambient = new Set([...config.files].filter(isDeclaration));
    for (const file of this.#ambient) this.#roots.add(file);
  }

  get program(): ts.Program {
    if (this.#current === undefined) {
      const { references } = this.#config;
      this.#current = ts.createProgram({
        rootNames: [...this.#roots],
        options: this.#options,
        host: this.#host,
        ...(references.length > 0 && { projectReferences: references }),
        ...(this.#previous && { oldProgram: this.#previous }),
      });
      this.#previous = this.#current;
      if (this.#slice !== undefined) this.#isWhole = setTripwires(this.#current, this.#slice);
    }
    return this.#current;
  }

  /** Makes files part of the program; absolute paths. */
  include(files: Iterable<string>): void {
    const before = this.#roots.size;
    for (const file of files) this.#roots.add(file);
    if (this.#roots.size > before) this.#current = undefined;
  }

  /** What was read is what it would be without a slice; `again` where the slice has to grow, which it has. */
  settle(): "whole" | "again" | "never" {
    if (this.#slice === undefined || !this.#isWhole) return this.#isWhole ? "whole" : "never";
    if (this.#slice.missed.size === 0) return "whole";
    this.#slice.grow();
    this.#files.dropSlice();
    this.#current = undefined;
    return "again";
  }

  /** What declares globals in each program with the same options. */
  ambient(): AmbientIndex {
    const importsOf = (file: string): readonly string[] => this.#imports.of(this.#sourceOf(file)).files;
    const targetsOf = (file: string): ReadonlyMap<string, string> => this.#imports.of(file).targets;
    const files = ambientFiles({ program: this.program, importsOf, targetsOf });
    return {
      files: files.flatMap((file) => (file.isBarrel === true ? this.#withBehind(file) : file)),
      platform: knownNames(this.program.getTypeChecker()),
    };
  }

  #withBehind(barrel: AmbientFile): AmbientFile[] {
    const { files, absent, isComplete } = this.dependencies(barrel.path);
    return isComplete ? [{ ...barrel, behind: { files: [...files].filter(isLocal), absent: [...absent] } }] : [];
  }

  overlay(texts: Readonly<Record<string, string>>): void {
    if (this.#files.overlay(texts)) this.#current = undefined;
  }

  /** Reads files again. */
  refresh(files: readonly string[]): void {
    if (files.length === 0) return;
    const moved = files.map((file) => this.#files.drop(file)).includes(true);
    this.#current = undefined;
    if (!moved) return;
    this.#imports.forget();
    this.#previous = undefined;
    for (const file of files) if (!this.#files.exists(file)) this.#roots.delete(file);
  }

  dependencies(file: string): Dependencies {
    const files = new Set<string>([file]);
    const absent = new Set<string>();
    let [isComplete, isCyclic] = [true, false];
    for (const next of files) {
      const edges = this.#imports.of(next);
      // n.b. a barrel of which a part was left out leads to all that it leads to as a whole
      const behind = this.#slice?.behind(next);
      for (const path of [...edges.files, ...this.#referenced(next), ...(behind?.files ?? [])])
        if (isLocal(path)) {
          const source = this.#sourceOf(path);
          isCyclic ||= source === file;
          files.add(source);
        }
      for (const path of [...edges.absent, ...(behind?.absent ?? [])]) absent.add(path);
      isComplete &&= edges.isComplete;
    }
    return { files, absent, isComplete, isCyclic };
  }

  /** The files of the project that the imports of a file lead to, by how they are written there. */
  imports(file: string): ReadonlyMap<string, string> {
    const local = [...this.#imports.of(file).targets].filter(([, path]) => isLocal(path));
    return new Map(local.map(([specifier, path]) => [specifier, this.#sourceOf(path)]));
  }

  /**
   * Names of the platform that mean what it declares; none for a file whose types may depend on more than what is written
   * there and in what it imports.
   */
  platformNames(file: string): readonly string[] {
    if (this.#plain?.of !== this.program) this.#plain = { of: this.program, ...this.#readPlain() };
    const { names, globals } = this.#plain;
    return globals.has(file) || this.dependencies(file).isCyclic ? [] : names;
  }

  #readPlain(): Pick<Plain, "names" | "globals"> {
    const isPlain = isStrict(this.#options) && !this.program.getSourceFiles().some((file) => this.#isPatch(file));
    return {
      names: isPlain ? (this.#slice?.platform ?? knownNames(this.program.getTypeChecker())) : [],
      globals: new Set(this.globals()),
    };
  }

  /** Whether a file adds to what another file of the project declares. */
  #isPatch(file: ts.SourceFile): boolean {
    return augmentedModules(file).some((name) => this.imports(file.fileName).has(name));
  }

  /** The project's own files that declare globals. */
  globals(): string[] {
    const own = this.program.getSourceFiles().filter(({ fileName }) => isLocal(fileName));
    const global = own.filter(
      (file) => this.#ambient.has(file.fileName) || (file.isDeclarationFile && !ts.isExternalModule(file)),
    );
    return global.flatMap(({ fileName }) => [...this.dependencies(fileName).files]);
  }

  /** The files by which installed and linked packages are known. */
  packageManifests(): string[] {
    return packageManifests(this.program, (file) => this.#files.exists(file));
  }

  /** The output of a referenced project is replaced by its source. */
  #sourceOf(path: string): string {
    return this.program.getSourceFile(path)?.fileName ?? path;
  }

  #referenced(file: string): string[] {
    const references = this.program.getSourceFile(file)?.referencedFiles ?? [];
    return references.map(({ fileName }) => ts.resolveTripleslashReference(fileName, file));
  }

  #createHost(root: string): ts.CompilerHost {
    const files = this.#files;
    return {
      ...ts.createCompilerHost(this.#options),
      getCurrentDirectory: () => root,
      getDefaultLibLocation: () => LIB_FOLDER,
      getDefaultLibFileName: (options) => `${LIB_FOLDER}/${ts.getDefaultLibFileName(options)}`,
      fileExists: (file) => files.exists(file),
      directoryExists: (folder) => files.folderExists(folder),
      readFile: (file) => files.text(file),
      realpath: (file) => files.realPath(file),
      getSourceFile: (file, options) =>
        files.parse(file, typeof options === "object" ? options : { languageVersion: options }),
      resolveModuleNameLiterals: (...args) => this.#imports.resolve(...args),
      // What a referenced project declares is read from its sources, so that it need not be built.
      useSourceOfProjectReferenceRedirect: () => true,
    } as ts.CompilerHost;
  }
}

const isDeclaration = (file: string): boolean => /\.d\.[cm]?ts$/.test(file);
