import { CORE, type Factory, type ImportedName, type OptionLayer, type Problem, type Reexport } from "./facts.js";
import type { Sources } from "./sources.js";

/** A layer of options and the file it is written in. */
export interface PlacedLayer {
  readonly file: string;
  readonly layer: OptionLayer;
}

/** Follows factories from file to file, down to `task` itself. */
export class FactoryLayers {
  readonly #sources: Sources;
  readonly #report: (file: string, problems: readonly Problem[]) => void;

  /** @param report is told of files on the way that do not parse. */
  constructor(sources: Sources, report: (file: string, problems: readonly Problem[]) => void) {
    this.#sources = sources;
    this.#report = report;
  }

  /** All options of a factory, the outermost last; `undefined` when it proves to be none, or cannot be followed. */
  async of(file: string, factory: Factory, seen = new Set<string>()): Promise<readonly PlacedLayer[] | undefined> {
    const own = factory.layers.map((layer) => ({ file, layer }));
    if (factory.base === "core") return own;
    const shared = await this.#imported(file, factory.base, seen);
    return shared && [...shared, ...own];
  }

  async #imported(file: string, base: ImportedName, seen: Set<string>): Promise<readonly PlacedLayer[] | undefined> {
    if (base.from === CORE) return base.name === "task" ? [] : undefined;
    const target = this.#sources.resolve(file, base.from);
    if (target === undefined || seen.has(`${target}#${base.name}`)) return undefined;
    seen.add(`${target}#${base.name}`);
    const { factories, reexports, problems } = await this.#sources.facts(target);
    this.#report(target, problems.filter(isOfSyntax));
    const factory = Object.hasOwn(factories, base.name) ? factories[base.name] : undefined;
    if (factory !== undefined) return await this.of(target, factory, seen);
    for (const next of candidates(base.name, reexports)) {
      const layers = await this.#imported(target, next, seen);
      if (layers !== undefined) return layers;
    }
    return undefined;
  }
}

const isOfSyntax = ({ code }: Problem): boolean => code === "TG1001";

/** Where a re-exported name may come from; as in the language, a named export hides those of `export *`. */
function candidates(name: string, reexports: readonly Reexport[]): readonly ImportedName[] {
  const named = reexports.filter(({ exportName }) => exportName === name);
  if (named.length > 0) return named;
  return reexports.filter(({ exportName }) => exportName === "*").map(({ from }) => ({ from, name }));
}
