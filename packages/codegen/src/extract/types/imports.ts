import { ts } from "#compiler";
import { groupBy } from "../../group-by.js";
import { isLocal } from "./platform.js";

/** What the imports of one file lead to. */
interface Edges {
  readonly files: readonly string[];
  /** The same by how they are written; left out are those that are not found in each way in which they are written. */
  readonly targets: ReadonlyMap<string, string>;
  /** Files that would be taken instead if they existed, or at last. */
  readonly absent: readonly string[];
  /** Whether every import was found. */
  readonly isComplete: boolean;
}

const NO_EDGES: Edges = { files: [], targets: new Map(), absent: [], isComplete: true };

/** How the compiler reaches files. */
export type ModuleHost = ts.ModuleResolutionHost & { getCurrentDirectory(): string };

/** How the compiler finds modules, and what it found. */
export class Imports {
  readonly #host: ModuleHost;
  readonly #options: ts.CompilerOptions;
  readonly #edges = new Map<string, Edges>();
  #cache: ts.ModuleResolutionCache;

  constructor(host: ModuleHost, options: ts.CompilerOptions) {
    this.#host = host;
    this.#options = options;
    this.#cache = this.#newCache();
  }

  /** Files have appeared or vanished. */
  forget(): void {
    this.#cache = this.#newCache();
  }

  #newCache(): ts.ModuleResolutionCache {
    return ts.createModuleResolutionCache(this.#host.getCurrentDirectory(), (file) => file, this.#options);
  }

  /** The compiler's hook: the imports of one file. */
  readonly resolve: NonNullable<ts.CompilerHost["resolveModuleNameLiterals"]> = (
    literals,
    containingFile,
    redirected,
    options,
    containing,
  ) => {
    const resolved = literals.map((literal) => {
      const mode = ts.getModeForUsageLocation(containing, literal, redirected?.commandLine.options ?? options);
      return ts.resolveModuleName(literal.text, containingFile, options, this.#host, this.#cache, redirected, mode);
    });
    this.#edges.set(containingFile, edgesOf(literals, resolved));
    return resolved;
  };

  of(file: string): Edges {
    return this.#edges.get(file) ?? NO_EDGES;
  }
}

function edgesOf(
  literals: readonly ts.StringLiteralLike[],
  resolved: readonly ts.ResolvedModuleWithFailedLookupLocations[],
): Edges {
  const files = resolved.flatMap(({ resolvedModule }) => resolvedModule?.resolvedFileName ?? []);
  const targets = targetsOf(literals, resolved);
  return { files, targets, absent: resolved.flatMap(failedLookups), isComplete: files.length === resolved.length };
}

/** n.b. the same text may lead to another file where a file is imported as a module of another kind. */
function targetsOf(
  literals: readonly ts.StringLiteralLike[],
  resolved: readonly ts.ResolvedModuleWithFailedLookupLocations[],
): ReadonlyMap<string, string> {
  const found = groupBy(
    Array.from(literals, ({ text }, i) => [text, resolved[i]?.resolvedModule] as const),
    ([text]) => text,
  );
  const targets = [...found].flatMap(([text, group]) => {
    const [first, ...others] = new Set(group.map(([, module]) => module?.resolvedFileName));
    return first === undefined || others.length > 0 ? [] : [[text, first] as const];
  });
  return new Map(targets);
}

/** The property is on every result, though not in its declared type. */
function failedLookups(result: ts.ResolvedModuleWithFailedLookupLocations): string[] {
  const { failedLookupLocations = [] } = result as { failedLookupLocations?: readonly string[] };
  return failedLookupLocations.filter((file) => isLocal(file) && !file.endsWith("/package.json"));
}
