import { resolve } from "node:path";
import { CacheFile, hashOf } from "./cache-file.js";
import type { ResolvedConfig } from "./config.js";
import type { TaskTypes } from "./contract/type-model.js";
import { emittedContracts } from "./contract/emitted-contracts.js";
import type { ReadLock } from "./contract/read-contract.js";
import { emitClient, type EmitOptions } from "./emit/client.js";
import { emitContractClient } from "./emit/contract-client.js";
import { emitJsonSchema } from "./emit/json-schema.js";
import { emitRegistry } from "./emit/registry.js";
import { emitValidators } from "./emit/validators.js";
import type { TaskModel } from "./model.js";
import type { Output } from "./outputs.js";
import type { Typed } from "./typed-project.js";
import { readIfPresent } from "./write.js";

/** What the files of a project are made of. */
export interface ProjectModel {
  readonly tasks: readonly TaskModel[];
  readonly typed: Typed;
  readonly emit: EmitOptions;
  readonly lock: ReadLock;
}

/** What files were made of last, and what came of it. */
interface Made {
  readonly key: string;
  /** Hashes of texts by path. */
  readonly files: Readonly<Record<string, string>>;
}

/** The validators that were made last, and of which types. */
interface MadeValidators {
  readonly types: ReadonlyMap<string, TaskTypes>;
  readonly text: string;
}

/** The generated files of a project. What is on disk as it was made last is not made again from the same. */
export class ProjectOutputs {
  readonly #cwd: string;
  readonly #config: ResolvedConfig;
  readonly #cache: CacheFile<Made>;
  #validators: MadeValidators | undefined;

  constructor(cwd: string, config: ResolvedConfig) {
    this.#cwd = cwd;
    this.#config = config;
    this.#cache = new CacheFile(cwd, "outputs.json");
  }

  /** The files; those that need a contract, where the project has one. */
  of(project: ProjectModel): Output[] {
    const key = this.#key(project);
    const made = this.#cache.read();
    const present = made?.key === key ? this.#present(made) : undefined;
    if (present !== undefined) return present;
    const outputs = this.#make(project, this.#options(project));
    if (made?.key !== key) {
      this.#cache.write({ key, files: Object.fromEntries(outputs.map(({ path, text }) => [path, hashOf(text)])) });
    }
    return outputs;
  }

  #options({ typed: { types, contracts }, emit, lock }: ProjectModel): EmitOptions {
    if (lock.contract === undefined || types === undefined || contracts === undefined) return emit;
    const { client, validators } = this.#config;
    return {
      ...emit,
      contracts: emittedContracts(unrecorded(contracts), lock.contract),
      validators: { worker: validators, client: client.validators },
    };
  }

  /** Equal where all is equal that files are made of. */
  #key({ tasks, typed: { revision, contracts }, emit, lock }: ProjectModel): string {
    const { client, validators, contract } = this.#config;
    const settings = [emit, client, validators, contract.schema];
    return hashOf(JSON.stringify([tasks, settings, revision, contracts !== undefined, lock.revision]));
  }

  /** The files as they are on disk, where they are what was made. */
  #present({ files }: Made): Output[] | undefined {
    const outputs: Output[] = [];
    for (const [path, hash] of Object.entries(files)) {
      const text = readIfPresent(resolve(this.#cwd, path));
      if (text === undefined || hashOf(text) !== hash) return undefined;
      outputs.push({ path, text });
    }
    return outputs;
  }

  #validatorsOf(types: ReadonlyMap<string, TaskTypes>): string {
    if (this.#validators === undefined || !takeTheSame(this.#validators.types, types)) {
      this.#validators = { types, text: emitValidators(types) };
    }
    return this.#validators.text;
  }

  #make({ tasks, typed: { types, contracts } }: ProjectModel, options: EmitOptions): Output[] {
    const { outDir, client, contract } = this.#config;
    const hasValidators = options.validators?.worker === true || options.validators?.client === true;
    const clientText =
      client.mode === "contract" && types !== undefined && contracts !== undefined
        ? emitContractClient(tasks, types, options)
        : emitClient(tasks, options);
    return [
      { path: `${outDir}/client.ts`, text: clientText },
      { path: `${outDir}/registry.ts`, text: emitRegistry(tasks, options) },
      ...(types !== undefined && hasValidators
        ? [{ path: `${outDir}/validators.ts`, text: this.#validatorsOf(types) }]
        : []),
      ...(types !== undefined && options.contracts !== undefined && contract.schema !== undefined
        ? [{ path: contract.schema, text: emitJsonSchema(types) }]
        : []),
    ];
  }
}

/** Whether tasks take the same, whatever they return. */
const takeTheSame = (before: ReadonlyMap<string, TaskTypes>, now: ReadonlyMap<string, TaskTypes>): boolean =>
  before.size === now.size && [...now].every(([name, types]) => takesTheSame(before.get(name), types));

const takesTheSame = (before: TaskTypes | undefined, { args, types }: TaskTypes): boolean =>
  before !== undefined &&
  (before.args === args || JSON.stringify(before.args) === JSON.stringify(args)) &&
  (before.types === types || JSON.stringify(before.types) === JSON.stringify(types));

/** Contracts as the code says them, without their histories, which the lock has. */
const unrecorded = (contracts: ReadonlyMap<string, string>): Parameters<typeof emittedContracts>[0] => ({
  tasks: Object.fromEntries(Array.from(contracts, ([name, contract]) => [name, { contract, history: [] }])),
});
