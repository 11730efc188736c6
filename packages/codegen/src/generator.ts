import { existsSync } from "node:fs";
import { join } from "node:path";
import { checkNames } from "./check-names.js";
import { resolveConfig, type ResolvedConfig, type TaskgenConfig } from "./config.js";
import type { ContractFile } from "./contract/contract-file.js";
import { emittedContracts } from "./contract/emitted-contracts.js";
import { readContract } from "./contract/read-contract.js";
import { sortDiagnostics, type Diagnostic } from "./diagnostics.js";
import { emitClient, type EmitOptions } from "./emit/client.js";
import { emitContractClient } from "./emit/contract-client.js";
import { emitJsonSchema } from "./emit/json-schema.js";
import { emitRegistry } from "./emit/registry.js";
import { emitValidators } from "./emit/validators.js";
import { FactsCache } from "./facts-cache.js";
import { findTaskFiles } from "./find-files.js";
import type { GenerateResult, RunOptions } from "./generate.js";
import { link, type Linked } from "./link.js";
import type { TaskModel } from "./model.js";
import { compareOutput, foreignFiles, writeOutput, type GeneratedFile, type Output } from "./outputs.js";
import { Sources } from "./sources.js";
import { allowsTsImports } from "./tsconfig.js";
import { TypedProject, type Typed } from "./typed-project.js";

/** Generates the files of one project as often as it is asked to; what it has learnt of types is kept between runs. */
export class Generator {
  readonly #cwd: string;
  readonly #config: ResolvedConfig;
  readonly #typed: TypedProject;

  constructor(cwd: string, config: TaskgenConfig) {
    this.#cwd = cwd;
    this.#config = resolveConfig(config);
    this.#typed = new TypedProject(cwd, this.#config);
  }

  async run(options: RunOptions = {}): Promise<GenerateResult> {
    const { tasks, diagnostics } = await this.#readTasks();
    const lock = await readContract(this.#cwd, this.#config.contract.file);
    const found = [...diagnostics, ...this.#checkModules(), ...(options.replaceLock === true ? [] : lock.diagnostics)];
    const emit = this.#emitOptions();
    const wantsTypes = options.types === true || lock.contract !== undefined || this.#config.client.mode === "contract";
    const typed =
      wantsTypes && !hasErrors(found)
        ? await this.#typed.read(tasks, { emit, lock: lock.contract, changed: options.changed })
        : { diagnostics: [] };
    const outputs = this.#emit(tasks, typed, { emit, lock: lock.contract });
    const all = sortDiagnostics([...found, ...typed.diagnostics, ...foreignFiles(this.#cwd, outputs)]);
    const known = { ...typed, tasks, diagnostics: all, ...(lock.contract && { lock: lock.contract }) };
    return { ...known, files: hasErrors(all) ? [] : await this.#put(outputs, options.check === true) };
  }

  async #put(outputs: readonly Output[], check: boolean): Promise<GeneratedFile[]> {
    const files: GeneratedFile[] = [];
    for (const output of outputs) files.push(await (check ? compareOutput : writeOutput)(this.#cwd, output));
    return files;
  }

  async #readTasks(): Promise<Linked> {
    const cache = new FactsCache(this.#cwd);
    const sources = new Sources(this.#cwd, cache);
    const files = await findTaskFiles(this.#cwd, this.#config);
    const { tasks, diagnostics } = await link(sources, files, this.#config.rootDir);
    cache.save();
    const nameProblems = checkNames(tasks, (file) => sources.text(file));
    return { tasks, diagnostics: [...diagnostics, ...nameProblems, ...(files.length === 0 ? [this.#noFiles()] : [])] };
  }

  #emitOptions(): EmitOptions {
    const { outDir, app, setup, importExtension } = this.#config;
    const extension = importExtension === "auto" ? (allowsTsImports(this.#cwd) ? ".ts" : ".js") : importExtension;
    return { outDir, app, setup, extension };
  }

  /** The files of the project; those that need a contract, where it has one. */
  #emit(
    tasks: readonly TaskModel[],
    { types, contract }: Typed,
    { emit, lock }: { emit: EmitOptions; lock: ContractFile | undefined },
  ): Output[] {
    const { outDir, client, validators } = this.#config;
    const hasContract = lock !== undefined && types !== undefined && contract !== undefined;
    const options: EmitOptions = hasContract
      ? {
          ...emit,
          contracts: emittedContracts(contract, lock),
          validators: { worker: validators, client: client.validators },
        }
      : emit;
    const clientText =
      client.mode === "contract" && types !== undefined && contract !== undefined
        ? emitContractClient(tasks, types, options)
        : emitClient(tasks, options);
    return [
      { path: `${outDir}/client.ts`, text: clientText },
      { path: `${outDir}/registry.ts`, text: emitRegistry(tasks, options) },
      ...(hasContract && (validators || client.validators)
        ? [{ path: `${outDir}/validators.ts`, text: emitValidators(types) }]
        : []),
      ...(hasContract && this.#config.contract.schema !== undefined
        ? [{ path: this.#config.contract.schema, text: emitJsonSchema(types) }]
        : []),
    ];
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

const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some(({ severity }) => severity === "error");
