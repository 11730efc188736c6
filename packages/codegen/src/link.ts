import { locate, type Diagnostic } from "./diagnostics.js";
import { FactoryLayers, type PlacedLayer } from "./factory-layers.js";
import type { Problem, Reexport, TaskFact } from "./facts.js";
import { resolveKeys } from "./keys.js";
import type { ClientOptions, TaskModel } from "./model.js";
import { clientPath, wireName } from "./naming.js";
import type { Sources } from "./sources.js";

/** What the files of a project declare together. */
export interface Linked {
  readonly tasks: readonly TaskModel[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads every file and follows the imports of shared options. */
export async function link(sources: Sources, files: readonly string[], rootDir: string): Promise<Linked> {
  const linker = new Linker(sources, rootDir);
  for (const file of files) await linker.addFile(file);
  return linker;
}

class Linker implements Linked {
  readonly tasks: TaskModel[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly #sources: Sources;
  readonly #rootDir: string;
  readonly #layers: FactoryLayers;

  constructor(sources: Sources, rootDir: string) {
    this.#sources = sources;
    this.#rootDir = rootDir;
    this.#layers = new FactoryLayers(sources, (file, problems) => this.#report(file, problems));
  }

  async addFile(file: string): Promise<void> {
    const facts = await this.#sources.facts(file);
    this.#report(file, facts.problems);
    const before = this.tasks.length;
    for (const fact of facts.tasks) await this.#addTask(file, fact);
    for (const reexport of facts.reexports) await this.#checkReexport(file, reexport);
    const isEmpty = this.tasks.length === before && facts.problems.length === 0 && facts.tasks.length === 0;
    if (isEmpty && /\.task\.[cm]?[jt]sx?$/.test(file)) this.diagnostics.push(withoutTasks(file));
  }

  #report(file: string, problems: readonly Problem[]): void {
    for (const problem of problems) this.diagnostics.push(locate(problem, file, this.#sources.text(file)));
  }

  async #addTask(file: string, fact: TaskFact): Promise<void> {
    const layers = await this.#layers.of(file, fact.factory);
    if (layers === undefined) return this.#report(file, unreadable(fact));
    const { exportName } = fact;
    if (exportName === undefined) return this.#report(file, [notExported(fact)]);
    this.#report(file, fact.problems);
    for (const { file: origin, layer } of layers) this.#report(origin, layer.problems);
    const path = clientPath(file, exportName, this.#rootDir);
    if (path === undefined) return this.#report(file, [outsideRoot(fact, this.#rootDir)]);
    this.tasks.push(keptModel(fact, layers, file) ?? this.#newModel(fact, layers, { file, exportName, path }));
  }

  #newModel(fact: TaskFact, layers: readonly PlacedLayer[], place: Place): TaskModel {
    const { name = wireName(place.path), ...options } = merge(layers);
    const versions = layers.findLast(({ layer }) => layer.versions !== undefined)?.layer.versions;
    const { span, doc, streams } = fact;
    const keys = resolveKeys(fact, layers);
    for (const { file: origin, problem } of keys) if (problem !== undefined) this.#report(origin, [problem]);
    const keyed = keys.map(({ model }) => model);
    const sensitive = layers.some(({ layer }) => layer.sensitive === true);
    const rest = {
      ...(versions && { versions }),
      ...(sensitive && { sensitive }),
      ...(keyed.length > 0 && { keyed }),
      ...(streams && { streams }),
    };
    const isClean = keys.every(({ problem }) => problem === undefined);
    return keep(fact, isClean ? layers : [], { name, span, doc, options, ...place, ...rest });
  }

  async #checkReexport(file: string, reexport: Reexport): Promise<void> {
    const target = this.#sources.resolve(file, reexport.from);
    if (target === undefined) return;
    const { tasks } = await this.#sources.facts(target);
    const exported = tasks.filter(({ exportName, factory }) => exportName !== undefined && factory.base === "core");
    if (exported.some(({ exportName }) => reexport.name === "*" || reexport.name === exportName)) {
      this.#report(file, [ignoredReexport(reexport, target)]);
    }
  }
}

type Place = Pick<TaskModel, "file" | "exportName" | "path">;

/** The model that was made of a fact, and of which layers. */
interface Kept {
  readonly layers: readonly PlacedLayer[];
  readonly model: TaskModel;
}

const models = new WeakMap<TaskFact, Kept>();

/** The model that was made of a fact before, where it would be made of the same again. */
function keptModel(fact: TaskFact, layers: readonly PlacedLayer[], file: string): TaskModel | undefined {
  const kept = models.get(fact);
  if (kept?.model.file !== file || kept.layers.length !== layers.length) return undefined;
  const isSame = (placed: PlacedLayer, i: number): boolean =>
    placed.file === kept.layers[i]!.file && placed.layer === kept.layers[i]!.layer;
  return layers.every(isSame) ? kept.model : undefined;
}

/** Keeps a model, or the one before, if it says the same: texts that are made of it are kept with it. */
function keep(fact: TaskFact, layers: readonly PlacedLayer[], model: TaskModel): TaskModel {
  const before = models.get(fact)?.model;
  const kept = before !== undefined && JSON.stringify(before) === JSON.stringify(model) ? before : model;
  models.set(fact, { layers, model: kept });
  return kept;
}

const merge = (layers: readonly PlacedLayer[]): ClientOptions =>
  Object.assign({}, ...layers.map(({ layer }) => layer.values));

/** A call of something that is no factory is no task, and no concern, unless its name says that it wants to be one. */
function unreadable({ factory: { base }, label, span }: TaskFact): Problem[] {
  if (base === "core" || !/task$/i.test(base.name)) return [];
  const message = `"${label}" looks like a task, but "${base.name}" of "${base.from}" cannot be followed to task.with({ … })`;
  const why = "shared options are read from source files by relative imports alone; this task is left out";
  const fix = `import "${base.name}" by a relative path from the file that declares it, or call task of "@taskgen/core"`;
  return [{ code: "TG1012", severity: "warning", message, why, fix, span }];
}

const notExported = ({ label, span }: TaskFact): Problem => ({
  code: "TG1012",
  severity: "warning",
  message: `the task "${label}" is not exported`,
  why: "workers and callers find a task by its export; this one is left out",
  fix: `write export const ${label} = …`,
  span,
});

const outsideRoot = ({ label, span }: TaskFact, rootDir: string): Problem => ({
  code: "TG4001",
  severity: "error",
  message: `the task "${label}" is declared outside of rootDir "${rootDir}"`,
  why: "a task's name comes from the folders below rootDir",
  fix: "move the file, or widen rootDir in the configuration",
  span,
});

const ignoredReexport = ({ exportName, span }: Reexport, target: string): Problem => ({
  code: "TG1014",
  severity: "warning",
  message:
    exportName === "*"
      ? `the tasks of ${target} are not exported from here`
      : `the task "${exportName}" is re-exported`,
  why: `a task belongs to the one file that declares it, here ${target}; the re-export is ignored`,
  fix: "remove the re-export, or move it to a file that is not scanned for tasks",
  span,
});

const withoutTasks = (file: string): Diagnostic => ({
  code: "TG1013",
  severity: "warning",
  message: "no task is declared in this file",
  fix: 'export one: export const … = task(…) with task of "@taskgen/core"',
  file,
});
