import { ts } from "#compiler";

/** One `tsconfig.json`. */
export interface ProjectConfig {
  readonly options: ts.CompilerOptions;
  /** Absolute. */
  readonly files: ReadonlySet<string>;
  readonly references: readonly ts.ProjectReference[];
}

/** What does not matter to types, or would stand in the way of reading them. */
const FORCED = {
  noEmit: true,
  skipLibCheck: true,
  noLib: false,
  composite: false,
  incremental: false,
  // The order of a union's members is then that of their declarations, not that in which they were met.
  stableTypeOrdering: true,
} satisfies ts.CompilerOptions;

const WITHOUT_CONFIG: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  strict: true,
  ...FORCED,
};

/** The configurations of a project: its own `tsconfig.json`, and those that it refers to. */
export class ProjectConfigs {
  readonly #root: string;
  readonly #known = new Map<string, ProjectConfig>();
  readonly #read = new Set<string>();

  /** @param root the folder of the project, absolute, with `/`. */
  constructor(root: string) {
    this.#root = root;
  }

  /** The configuration that includes a file; where none does, the project's own, or the first one that has files at all. */
  pathFor(file: string): string {
    const own = `${this.#root}/tsconfig.json`;
    const includes = (path: string): boolean => this.read(path).files.has(file);
    if (includes(own) || this.read(own).references.length === 0) return own;
    const all = [own, ...this.#reachable(own, new Set())];
    return all.find(includes) ?? all.find((path) => this.read(path).files.size > 0) ?? own;
  }

  *#reachable(path: string, seen: Set<string>): Generator<string> {
    for (const reference of this.read(path).references) {
      const target = ts.resolveProjectReferencePath(reference);
      if (seen.has(target)) continue;
      seen.add(target);
      yield target;
      yield* this.#reachable(target, seen);
    }
  }

  /** Every file that a configuration was read from, or looked for in. */
  get sources(): ReadonlySet<string> {
    return this.#read;
  }

  read(path: string): ProjectConfig {
    let config = this.#known.get(path);
    if (config === undefined) {
      config = readConfig(path, this.#read);
      this.#known.set(path, config);
    }
    return config;
  }
}

/** What cannot be read counts as empty: the compiler of the project will say so. */
function readConfig(path: string, sources: Set<string>): ProjectConfig {
  const readFile = (file: string): string | undefined => {
    sources.add(file);
    return ts.sys.readFile(file);
  };
  sources.add(path);
  const host: ts.ParseConfigFileHost = { ...ts.sys, readFile, onUnRecoverableConfigFileDiagnostic: () => undefined };
  const parsed = ts.sys.fileExists(path) ? ts.getParsedCommandLineOfConfigFile(path, FORCED, host) : undefined;
  if (parsed === undefined) return { options: WITHOUT_CONFIG, files: new Set(), references: [] };
  return { options: parsed.options, files: new Set(parsed.fileNames), references: parsed.projectReferences ?? [] };
}
