import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import {
  Generator,
  loadConfig,
  watchProject,
  type Diagnostic,
  type GenerateResult,
  type WatchedRun,
} from "@taskgen/codegen";

/** Where the project is. */
export interface ProjectLocation {
  /** The project's folder. @default the process's folder */
  readonly cwd?: string;
  /** Path of the configuration. @default taskgen.config.{ts,mts,js,mjs} */
  readonly config?: string;
}

/** Told of every run while the project is watched; first of the latest one. */
export type Listener = (diagnostics: readonly Diagnostic[], isFirst: boolean) => void;

type Findings = Promise<readonly Diagnostic[]>;

/** The watching of a project, whoever wants it. */
interface Watch {
  readonly stop: AbortController;
  /** Of the latest run; pending until the first one. */
  latest: Findings;
  ended: Promise<void>;
}

/** The generated files of one project, kept current while a bundler runs, or several that share a plugin. */
export class ProjectBuild {
  readonly cwd: string;
  readonly #config: string | undefined;
  /** Who wants the project to be watched: compilers, servers. */
  readonly #listeners = new Map<object, Listener>();
  #watch: Watch | undefined;
  #running: Findings | undefined;
  #files: ReadonlySet<string> = new Set();

  constructor({ cwd = process.cwd(), config }: ProjectLocation) {
    this.cwd = resolve(cwd);
    this.#config = config;
  }

  /** Generates, unless a watch does; resolves to the findings of the latest run. */
  current(): Findings {
    if (this.#watch !== undefined) return this.#watch.latest;
    return this.#generate();
  }

  /** Generates now and after every change, until `owner` and all others have closed; keeps no process alive. */
  watch(owner: object, listener: Listener): void {
    if (this.#listeners.has(owner)) return;
    this.#listeners.set(owner, listener);
    // n.b. what changed a moment ago may be news to a watch that is there already
    if (this.#watch === undefined) this.#watch = this.#start();
    else this.#watch.latest = this.#generate().catch((error: unknown) => [failure(error)]);
    void this.#watch.latest.then((diagnostics) => listener(diagnostics, true));
  }

  /** Whether a file holds code of tasks: one that declares some, or the registry, which imports them. */
  isTaskCode(path: string): boolean {
    return this.#files.has(withSlashes(path));
  }

  /** Ends the watching that nobody else wants. */
  async close(owner: object): Promise<void> {
    const watch = this.#watch;
    if (!this.#listeners.delete(owner) || this.#listeners.size > 0) return;
    this.#watch = undefined;
    watch?.stop.abort();
    await watch?.ended;
  }

  /** One run at a time. */
  #generate(): Findings {
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #run(): Findings {
    const { config, diagnostics } = await loadConfig(this.cwd, this.#config);
    if (diagnostics.length > 0) return diagnostics;
    return this.#note(await new Generator(this.cwd, config).run());
  }

  #start(): Watch {
    let first: ((diagnostics: readonly Diagnostic[]) => void) | undefined;
    const latest: Findings = new Promise((done) => (first = done));
    const watch: Watch = { stop: new AbortController(), latest, ended: Promise.resolve() };
    const onRun = (run: WatchedRun): void => {
      const diagnostics = "error" in run ? [failure(run.error)] : this.#note(run);
      watch.latest = Promise.resolve(diagnostics);
      if (first === undefined) this.#listeners.forEach((listener) => listener(diagnostics, false));
      first?.(diagnostics);
      first = undefined;
    };
    const options = { cwd: this.cwd, config: this.#config, signal: watch.stop.signal, onRun, persistent: false };
    // n.b. one that is closed before its first run is waited for all the same
    watch.ended = watchProject(options).then(
      () => first?.([]),
      (error: unknown) => {
        if (this.#watch === watch) this.#watch = undefined; // every build generates from now on
        onRun({ error });
      },
    );
    return watch;
  }

  /** n.b. a run with errors says nothing of the files; those of the last one are still what they were. */
  #note({ tasks, files, diagnostics }: GenerateResult): readonly Diagnostic[] {
    if (files.length === 0) return diagnostics;
    const registries = files.filter(({ path }) => path.endsWith("/registry.ts")).map(({ path }) => path);
    const paths = [...tasks.map(({ file }) => file), ...registries];
    // bundlers name files as they were asked for, or by what a symbolic link leads to
    const folders = [this.cwd, realpathSync(this.cwd)];
    this.#files = new Set(folders.flatMap((folder) => paths.map((path) => withSlashes(resolve(folder, path)))));
    return diagnostics;
  }
}

/** Vite and webpack write paths so on Windows too. */
const withSlashes = (path: string): string => path.replaceAll("\\", "/");

const failure = (error: unknown): Diagnostic => ({
  code: "TG4003",
  severity: "error",
  message: `the files cannot be generated: ${error instanceof Error ? error.message : String(error)}`,
});
