import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, isAbsolute, join, resolve } from "node:path";

type Json = Readonly<Record<string, unknown>>;

/** Whether the project's tsconfig.json lets imports end in `.ts`; false without one. */
export function allowsTsImports(cwd: string): boolean {
  const options = compilerOptions(join(cwd, "tsconfig.json"), new Set());
  return options["allowImportingTsExtensions"] === true || options["rewriteRelativeImportExtensions"] === true;
}

/** The compiler options of a file over those it extends. What cannot be read counts as empty: the compiler will say so. */
function compilerOptions(path: string, seen: Set<string>): Json {
  if (seen.has(path)) return {};
  seen.add(path);
  const config = readJson(path);
  const parents = [config["extends"]].flat().filter((parent) => typeof parent === "string");
  const inherited = parents.map((parent) => compilerOptions(locate(parent, path), seen));
  return Object.assign({}, ...inherited, config["compilerOptions"]) as Json;
}

function locate(specifier: string, from: string): string {
  if (specifier.startsWith(".") || isAbsolute(specifier)) return withJson(resolve(dirname(from), specifier));
  const require = createRequire(from);
  for (const candidate of [specifier, `${specifier}.json`, `${specifier}/tsconfig.json`]) {
    try {
      return require.resolve(candidate);
    } catch {
      // The next way to write it.
    }
  }
  return specifier;
}

const withJson = (path: string): string => (path.endsWith(".json") ? path : `${path}.json`);

function readJson(path: string): Json {
  try {
    const value: unknown = JSON.parse(stripComments(readFileSync(path, "utf8")));
    return typeof value === "object" && value !== null ? (value as Json) : {};
  } catch {
    return {};
  }
}

/** JSON with comments and trailing commas as plain JSON; text in strings stays. */
function stripComments(text: string): string {
  const withoutComments = text.replace(/^\uFEFF/, "").replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[^]*?\*\//g, "$1");
  return withoutComments.replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, "$1");
}
