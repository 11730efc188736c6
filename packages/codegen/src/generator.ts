import { existsSync } from "node:fs";
import { join } from "node:path";
import { checkKeys } from "./check-keys.js";
import { checkNames } from "./check-names.js";
import { resolveConfig, type ResolvedConfig, type TaskgenConfig } from "./config.js";
import { contractOf } from "./contract/contract-file.js";
import { readContract, type ReadLock } from "./contract/read-contract.js";
import type { TaskTypes } from "./contract/type-model.js";
import { sortDiagnostics, type Diagnostic } from "./diagnostics.js";
import type { EmitOptions } from "./emit/client.js";
import { FactsCache } from "./facts-cache.js";
import { FileIndex } from "./file-index.js";
import { findTaskFiles } from "./find-files.js";
import type { GenerateResult, RunOptions } from "./generate.js";
import { defineLazily } from "./lazily.js";
import { normalizePath } from "./order.js";
import { link, type Linked } from "./link.js";
import { compareOutput, foreignFiles, writeOutput, type GeneratedFile, type Output } from "./outputs.js";
import { ProjectOutputs } from "./project-outputs.js";
import { Sources } from "./sources.js";
import { allowsTsImports } from "./tsconfig.js";
import { TypedProject, type BeforeTypes, type Typed } from "./typed-project.js";

interface LinkedSources extends Linked, Pick<BeforeTypes, "hashOf"> {
  /** The text of a file, for what is to be said of it. */
  readonly textOf: (file: string) => string;
}

/** Generates the files of one project as often as it is asked to; what it has learnt of types is kept between runs. */
export class Generator {
  readonly #cwd: string;
  readonly #config: ResolvedConfig;
  readonly #typed: TypedProject;
  readonly #outputs: ProjectOutputs;
  readonly #index: FileIndex;
  #sources: Sources | undefined;
  #files: ReadonlySet<string> = new Set();
  #lock: ReadLock | undefined;

  constructor(cwd: string, config: TaskgenConfig) {
    this.#cwd = cwd;
    this.#config = resolveConfig(config);
    this.#index = new FileIndex(cwd);
    this.#typed = new TypedProject(cwd, this.#config, this.#index);
    this.#outputs = new ProjectOutputs(cwd, this.#config, this.#index);
  }

  async run(options: RunOptions = {}): Promise<GenerateResult> {
    this.#typed.forget(options.changed);
    const { tasks, diagnostics, ...before } = await this.#readTasks(options.changed?.map(normalizePath));
    const lock = (this.#lock = await readContract(this.#cwd, this.#config.contract.file, this.#lock, this.#index));
    const found = [...diagnostics, ...this.#checkModules(), ...(options.replaceLock === true ? [] : lock.diagnostics)];
    const emit = this.#emitOptions();
    const wantsTypes = options.types === true || lock.revision !== undefined || this.#config.client.mode === "contract";
    const typed =
      wantsTypes && !hasErrors(found)
        ? await this.#typed.read(tasks, { emit, changed: options.changed, ...before })
        : { diagnostics: [] };
    const outputs = this.#outputs.of({ tasks, typed, emit, lock });
    const keys = typed.types === undefined ? [] : checkKeys(tasks, typed.types, before.textOf);
    const all = sortDiagnostics([...found, ...keys, ...typed.diagnostics, ...foreignFiles(this.#cwd, outputs)]);
    const files = hasErrors(all) ? [] : await this.#put(outputs, options.check === true);
    return withContracts({ files, tasks, diagnostics: all }, typed, lock);
  }

  /** Keeps what was learnt for the next process, after runs that were told what has changed; the others do so themselves. */
  save(): void {
    this.#sources?.save();
    this.#typed.save();
    this.#index.save();
  }

  async #put(outputs: readonly Output[], check: boolean): Promise<GeneratedFile[]> {
    const files: GeneratedFile[] = [];
    for (const output of outputs) files.push(await (check ? compareOutput : writeOutput)(this.#cwd, output));
    return files;
  }

  async #readTasks(changed: readonly string[] | undefined): Promise<LinkedSources> {
    const sources = (this.#sources ??= new Sources(this.#cwd, new FactsCache(this.#cwd), this.#index));
    sources.forget(changed);
    const files = await this.#findFiles(changed);
    const { tasks, diagnostics } = await link(sources, files, this.#config.rootDir);
    // Of one run of many, the last keeps what is known.
    if (changed === undefined || changed.length === 0) {
      sources.save();
      this.#index.save();
    }
    const nameProblems = checkNames(tasks, (file) => sources.text(file));
    const found = [...diagnostics, ...nameProblems, ...(files.length === 0 ? [this.#noFiles()] : [])];
    return {
      tasks,
      diagnostics: found,
      textOf: (file) => sources.text(file),
      hashOf: (file) => sources.knownHash(file),
    };
  }

  /** Looks for task files, unless those that have changed are among the known ones, and still there. */
  async #findFiles(changed: readonly string[] | undefined): Promise<readonly string[]> {
    const isKnown = (file: string): boolean => this.#files.has(file) && existsSync(join(this.#cwd, file));
    if (changed === undefined || changed.length === 0 || !changed.every(isKnown)) {
      this.#files = new Set(await findTaskFiles(this.#cwd, this.#config));
    }
    return [...this.#files];
  }

  #emitOptions(): EmitOptions {
    const { outDir, app, setup, importExtension } = this.#config;
    const extension = importExtension === "auto" ? (allowsTsImports(this.#cwd) ? ".ts" : ".js") : importExtension;
    return { outDir, app, setup, extension };
  }

  /** The modules that the configuration names. */
  #checkModules(): Diagnostic[] {
    const { app, setup } = this.#config;
    const exporting = "to the path of a module that exports";
    return [
      ...(app === undefined ? [] : this.#checkModule(app.file, ["the app", `set app ${exporting} the app`])),
      ...setup.flatMap((file) =>
        this.#checkModule(file, ["set-up", `set worker.setup ${exporting} setUp or tearDown`]),
      ),
    ];
  }

  #checkModule(file: string, [what, fix]: readonly [what: string, fix: string]): Diagnostic[] {
    if (existsSync(join(this.#cwd, file))) return [];
    const message = `the module of ${what}, "${file}", does not exist`;
    return [{ code: "TG4001", severity: "error", message, fix: `${fix}, relative to the project` }];
  }

  #noFiles(): Diagnostic {
    return {
      code: "TG1013",
      severity: "warning",
      message: `no file matches ${this.#config.include.map((pattern) => JSON.stringify(pattern)).join(", ")}`,
      fix: "put tasks into files such as src/tasks/math.task.ts, or set include in the configuration",
    };
  }
}

/** The result with what its types say; both contracts, which only some who read types want, are made when they are looked at. */
function withContracts(result: GenerateResult, { types, contracts }: Typed, lock: ReadLock): GenerateResult {
  const whole: GenerateResult = { ...result, ...(types && { types }) };
  if (lock.revision !== undefined) defineLazily(whole, "lock", () => lock.contract);
  if (types === undefined || contracts === undefined) return whole;
  defineLazily(whole, "contract", () => {
    const typed = result.tasks.map((model) => {
      return { model, types: types.get(model.name) as TaskTypes, contract: contracts.get(model.name) };
    });
    return contractOf(typed, lock.contract);
  });
  return whole;
}

const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some(({ severity }) => severity === "error");
