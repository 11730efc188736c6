import type { ResolvedConfig } from "./config.js";
import type { TaskTypes } from "./contract/type-model.js";
import type { Diagnostic } from "./diagnostics.js";
import { emitClient, type EmitOptions } from "./emit/client.js";
import { emitRegistry } from "./emit/registry.js";
import type { FileIndex } from "./file-index.js";
import { lazily } from "./lazily.js";
import type { TaskModel } from "./model.js";
import type { Overlay } from "./extract/types/checker-extractor.js";
import type { TypePhase } from "./type-phase.js";
import type { RereadTypes } from "./type-phase/answer.js";

/** What types say of a project, as far as they were read. */
export interface Typed {
  /** By wire name. */
  readonly types?: ReadonlyMap<string, TaskTypes>;
  /** The hashes of all tasks' types, by wire name; absent where a type has an error. */
  readonly contracts?: ReadonlyMap<string, string>;
  /** Equal where all types are. */
  readonly revision?: string;
  /** Tasks whose types were read again, as they were before; absent where that is not known of all. */
  readonly reread?: RereadTypes;
  readonly diagnostics: readonly Diagnostic[];
}

/** What is known before types are read. */
export interface BeforeTypes {
  readonly emit: EmitOptions;
  readonly changed: readonly string[] | undefined;
  /** The hashes of the texts of files that were looked at already. */
  readonly hashOf: (file: string) => string | undefined;
}

/** What types were read over last. */
interface Laid {
  readonly tasks: readonly TaskModel[];
  readonly settings: string;
  readonly texts: Overlay;
}

/** Whether the same files are generated for tasks, wherever they stand in theirs. */
const areCalledAlike = (before: readonly TaskModel[], now: readonly TaskModel[]): boolean =>
  before.length === now.length && now.every((task, i) => isCalledAlike(before[i]!, task));

const isCalledAlike = (before: TaskModel, now: TaskModel): boolean =>
  before === now || JSON.stringify({ ...before, span: undefined }) === JSON.stringify({ ...now, span: undefined });

/** The types of a project's tasks. Tasks that call others see the generated files of now, whatever is on disk. */
export class TypedProject {
  readonly #cwd: string;
  readonly #config: ResolvedConfig;
  readonly #index: FileIndex;
  #phase: TypePhase | undefined;
  #laid: Laid | undefined;
  /** Files that may have changed since types were read; `undefined` for all. */
  #unread: readonly string[] | undefined = [];

  constructor(cwd: string, config: ResolvedConfig, index: FileIndex) {
    this.#cwd = cwd;
    this.#config = config;
    this.#index = index;
  }

  /** Files that may have changed since types were read, by whichever run; without names all. */
  forget(changed: readonly string[] | undefined): void {
    this.#unread = this.#unread && changed && [...new Set([...this.#unread, ...changed])];
  }

  async read(tasks: readonly TaskModel[], { emit, changed, hashOf }: BeforeTypes): Promise<Typed> {
    const phase = (this.#phase ??= await this.#open());
    const read = await phase.read({
      tasks,
      overlay: this.#overlay(tasks, emit),
      hashOf,
      ...(this.#unread !== undefined && { changed: this.#unread }),
    });
    this.#unread = [];
    // Of one run of many, the last keeps what is known: to write it takes longer than to read the types of a file.
    if (changed === undefined || changed.length === 0) phase.save();
    const { types, contracts, revision, diagnostics, reread } = read;
    // n.b. a contract without one of the tasks would say that it is gone
    return {
      types,
      revision,
      diagnostics,
      ...(reread && { reread }),
      ...(tasks.every(({ name }) => types.has(name)) && { contracts }),
    };
  }

  /** The generated files as they would be without a contract; those of the last time where they would be the same. */
  #overlay(tasks: readonly TaskModel[], emit: EmitOptions): Overlay {
    const settings = JSON.stringify(emit);
    const isSame = this.#laid?.settings === settings && areCalledAlike(this.#laid.tasks, tasks);
    const texts = isSame
      ? this.#laid!.texts
      : lazily({
          [`${emit.outDir}/client.ts`]: () => emitClient(tasks, emit),
          [`${emit.outDir}/registry.ts`]: () => emitRegistry(tasks, emit),
        });
    this.#laid = { tasks, settings, texts };
    return texts;
  }

  /** Keeps what is known for the next process. */
  save(): void {
    this.#phase?.save();
  }

  /** The compiler's side is loaded for projects that need it. */
  async #open(): Promise<TypePhase> {
    const { TypePhase } = await import("./type-phase.js");
    return new TypePhase({ cwd: this.#cwd, serialization: this.#config.serialization }, this.#index);
  }
}
