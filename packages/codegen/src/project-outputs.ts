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
import { replaceTexts, takesTheSame, type EmittedTexts } from "./emit/replace-texts.js";
import { emitValidators } from "./emit/validators.js";
import { readText, type Content, type FileIndex } from "./file-index.js";
import type { TaskModel } from "./model.js";
import { presentOutput, type Output } from "./outputs.js";
import type { Typed } from "./typed-project.js";
import { isMissing } from "./write.js";

/** What the files of a project are made of. */
export interface ProjectModel {
  readonly tasks: readonly TaskModel[];
  readonly typed: Typed;
  readonly emit: EmitOptions;
  readonly lock: ReadLock;
}

/** What files were made of last, and what came of it. */
interface Made {
  /** Equal where all is equal but types. */
  readonly base: string;
  /** Equal where types are; absent where there were none. */
  readonly revision?: string | undefined;
  /** Hashes of texts by path, and their sizes in bytes, by which a byte order mark is seen. */
  readonly files: Readonly<Record<string, readonly [hash: string, size: number]>>;
}

/** Generated files that are on disk as they were made last, by path. */
type Present = ReadonlyMap<string, Content>;

/** The validators that were made last, and of which types. */
interface MadeValidators {
  readonly types: ReadonlyMap<string, TaskTypes>;
  readonly text: string;
}

/** The generated files of a project. What is on disk as it was made last is not made again from the same. */
export class ProjectOutputs {
  readonly #cwd: string;
  readonly #config: ResolvedConfig;
  readonly #index: FileIndex;
  readonly #cache: CacheFile<Made>;
  #validators: MadeValidators | undefined;

  constructor(cwd: string, config: ResolvedConfig, index: FileIndex) {
    this.#cwd = cwd;
    this.#config = config;
    this.#index = index;
    this.#cache = new CacheFile(cwd, "outputs.json");
  }

  /** The files; those that need a contract, where the project has one. */
  of(project: ProjectModel): Output[] {
    const key: Omit<Made, "files"> = { base: this.#base(project), revision: project.typed.revision };
    const made = this.#cache.read();
    const known = made?.base === key.base ? this.#present(made) : undefined;
    const isSame = made?.base === key.base && made.revision === key.revision;
    if (isSame && known !== undefined) return [...known.keys()].map((path) => presentOutput(this.#cwd, path));
    const outputs = this.#replace(project, known, made) ?? this.#make(project, this.#options(project));
    if (!isSame) {
      this.#cache.write({ ...key, files: Object.fromEntries(outputs.map(({ path, text }) => [path, told(text)])) });
    }
    return outputs;
  }

  /** Files that were made before some types were read again, with what has changed; `undefined` where that is not all. */
  #replace(project: ProjectModel, known: Present | undefined, made: Made | undefined): Output[] | undefined {
    const { tasks, typed } = project;
    const { reread, types, contracts } = typed;
    const isMade = reread !== undefined && reread.since === made?.revision && types !== undefined;
    if (known === undefined || !isMade || contracts === undefined || !this.#isUsual()) return undefined;
    const read = tasks.filter(({ name }) => reread.types.has(name));
    const own = new Map(read.map(({ name }) => [name, contracts.get(name)!]));
    const changes = read.map((task) => ({ task, before: reread.types.get(task.name)!, now: types.get(task.name)! }));
    const options = {
      before: this.#options({ ...project, typed: { ...typed, contracts: reread.contracts } }),
      now: this.#options({ ...project, typed: { ...typed, contracts: own } }),
    };
    const texts = Array.from(known, ([path, content]) => [this.#nameOf(path), this.#textOf(path, content)] as const);
    if (texts.some(([, text]) => text === undefined)) return undefined;
    const replaced = replaceTexts(Object.fromEntries(texts) as object as EmittedTexts, changes, options);
    return (
      replaced &&
      [...known.keys()].map((path, i) => replacing(path, texts[i]![1]!, Object.values(replaced)[i] as string))
    );
  }

  /** The name of a generated file among `EmittedTexts`. */
  #nameOf = (path: string): string => path.slice(this.#config.outDir.length + 1, -".ts".length);

  /** The text of a file that was looked at; `undefined` where it has become another one since. */
  #textOf(path: string, { hash, text }: Content): string | undefined {
    if (text !== undefined) return text;
    const read = readText(resolve(this.#cwd, path));
    return hashOf(read) === hash ? read : undefined;
  }

  /** Whether nothing is generated but stubs, registry and validators. */
  #isUsual(): boolean {
    return this.#config.client.mode === "source" && this.#config.contract.schema === undefined;
  }

  #options({ typed: { types, contracts }, emit, lock }: ProjectModel): EmitOptions {
    if (lock.hashed === undefined || types === undefined || contracts === undefined) return emit;
    const { client, validators } = this.#config;
    return {
      ...emit,
      contracts: emittedContracts(unrecorded(contracts), lock.hashed),
      validators: { worker: validators, client: client.validators },
    };
  }

  /** Equal where all is equal that files are made of, but for types. */
  #base({ tasks, typed: { contracts }, emit, lock }: ProjectModel): string {
    const { client, validators, contract } = this.#config;
    const settings = [emit, client, validators, contract.schema];
    const placeless = tasks.map(({ span: _, ...task }) => task);
    return hashOf(JSON.stringify([placeless, settings, contracts !== undefined, lock.revision]));
  }

  /** The files on disk, where they are what was made. */
  #present({ files }: Made): Present | undefined {
    const present = new Map<string, Content>();
    for (const [path, [hash, size]] of Object.entries(files)) {
      const content = this.#look(path);
      if (content?.hash !== hash || content.size !== size) return undefined;
      present.set(path, content);
    }
    return present;
  }

  #look(path: string): Content | undefined {
    try {
      return this.#index.look(resolve(this.#cwd, path));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
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

const told = (text: string): readonly [hash: string, size: number] => [hashOf(text), Buffer.byteLength(text)];

const replacing = (path: string, before: string, text: string): Output =>
  before === text ? { path, text, isPresent: true } : { path, text, isReplacing: true };

/** Whether tasks take the same, whatever they return. */
const takeTheSame = (before: ReadonlyMap<string, TaskTypes>, now: ReadonlyMap<string, TaskTypes>): boolean =>
  before.size === now.size &&
  [...now].every(([name, types]) => {
    const known = before.get(name);
    return known !== undefined && takesTheSame(known, types);
  });

/** Contracts as the code says them, without their histories, which the lock has. */
const unrecorded = (contracts: ReadonlyMap<string, string>): Parameters<typeof emittedContracts>[0] => ({
  tasks: Object.fromEntries(Array.from(contracts, ([name, contract]) => [name, { contract, history: [] }])),
});
