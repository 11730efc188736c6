import type { ResolvedConfig } from "./config.js";
import { contractOf, type ContractFile } from "./contract/contract-file.js";
import type { TaskTypes } from "./contract/type-model.js";
import type { Diagnostic } from "./diagnostics.js";
import { emitClient, type EmitOptions } from "./emit/client.js";
import { emitRegistry } from "./emit/registry.js";
import type { TaskModel } from "./model.js";
import type { TypePhase } from "./type-phase.js";

/** What types say of a project, as far as they were read. */
export interface Typed {
  /** By wire name. */
  readonly types?: ReadonlyMap<string, TaskTypes>;
  /** The contract as the code is now; absent where a type has an error. */
  readonly contract?: ContractFile;
  readonly diagnostics: readonly Diagnostic[];
}

/** What is known before types are read. */
export interface BeforeTypes {
  readonly emit: EmitOptions;
  readonly lock: ContractFile | undefined;
  readonly changed: readonly string[] | undefined;
}

/** The types of a project's tasks. Tasks that call others see the generated files of now, whatever is on disk. */
export class TypedProject {
  readonly #cwd: string;
  readonly #config: ResolvedConfig;
  #phase: TypePhase | undefined;

  constructor(cwd: string, config: ResolvedConfig) {
    this.#cwd = cwd;
    this.#config = config;
  }

  async read(tasks: readonly TaskModel[], { emit, lock, changed }: BeforeTypes): Promise<Typed> {
    const phase = (this.#phase ??= await this.#open());
    const overlay = {
      [`${emit.outDir}/client.ts`]: emitClient(tasks, emit),
      [`${emit.outDir}/registry.ts`]: emitRegistry(tasks, emit),
    };
    const { types, diagnostics } = await phase.read({ tasks, overlay, ...(changed !== undefined && { changed }) });
    phase.save();
    const typed = tasks.flatMap((model) => {
      const own = types.get(model.name);
      return own === undefined ? [] : [{ model, types: own }];
    });
    // n.b. a contract without one of the tasks would say that it is gone
    return { types, diagnostics, ...(typed.length === tasks.length && { contract: contractOf(typed, lock) }) };
  }

  /** The compiler's side is loaded for projects that need it. */
  async #open(): Promise<TypePhase> {
    const { TypePhase } = await import("./type-phase.js");
    return new TypePhase({ cwd: this.#cwd, serialization: this.#config.serialization });
  }
}
