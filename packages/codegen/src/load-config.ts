import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type * as tsx from "tsx/esm/api";
import type { TaskgenConfig } from "./config.js";
import { ConfigCache } from "./config-cache.js";
import type { ConfigProblem } from "./config-schema.js";
import { placeOf, sortDiagnostics, type Diagnostic } from "./diagnostics.js";
import { normalizePath } from "./order.js";

const FILES = ["taskgen.config.ts", "taskgen.config.mts", "taskgen.config.js", "taskgen.config.mjs"];

/** A configuration and where it comes from. */
export interface LoadedConfig {
  /** Empty where a diagnostic is an error. */
  readonly config: TaskgenConfig;
  /** The absolute path of the configuration file; `undefined` without one. */
  readonly file: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Loads `taskgen.config.{ts,mts,js,mjs}` of a folder, or the file that is named. Without one, the defaults hold.
 * The configuration is run as a module; task files never are.
 */
export async function loadConfig(cwd: string, explicitPath?: string): Promise<LoadedConfig> {
  const found = explicitPath === undefined ? FILES.filter((name) => existsSync(join(cwd, name))) : [explicitPath];
  const [first] = found;
  if (first === undefined) return { config: {}, file: undefined, diagnostics: [] };
  const file = resolve(cwd, first);
  if (found.length > 1)
    return failure(file, [{ message: `there are several configurations: ${found.join(", ")}`, fix: "keep one" }]);
  if (!existsSync(file)) return failure(undefined, [{ message: `the configuration "${first}" does not exist` }]);
  return await loadFile({ cwd, file, shown: normalizePath(relative(cwd, file)), text: readFileSync(file, "utf8") });
}

async function loadFile(source: ConfigSource): Promise<LoadedConfig> {
  const cache = new ConfigCache(source.cwd);
  const known = cache.get(source.text);
  if (known !== undefined) return { config: known, file: source.file, diagnostics: [] };
  const loaded = await evaluate(source);
  if (loaded.diagnostics.length === 0) cache.set(source.text, loaded.config);
  return loaded;
}

interface ConfigSource {
  readonly cwd: string;
  readonly file: string;
  readonly shown: string;
  readonly text: string;
}

async function evaluate(source: ConfigSource): Promise<LoadedConfig> {
  const { cwd, file, shown } = source;
  try {
    return await validate(source, await importDefault(file, cwd));
  } catch (error) {
    const message = `the configuration cannot be loaded: ${error instanceof Error ? error.message : String(error)}`;
    return failure(file, [{ message, file: shown }]);
  }
}

async function validate({ file, shown, text }: ConfigSource, value: unknown): Promise<LoadedConfig> {
  if (value === undefined) {
    return failure(file, [
      { message: "the configuration has no default export", fix: "write export default { … }", file: shown },
    ]);
  }
  const { validateConfig } = await import("./config-schema.js");
  const checked = validateConfig(value);
  if ("config" in checked) return { config: checked.config, file, diagnostics: [] };
  return failure(
    file,
    checked.problems.map((problem) => placed(problem, shown, text)),
  );
}

type Finding = Omit<Diagnostic, "code" | "severity">;

const failure = (file: string | undefined, findings: readonly Finding[]): LoadedConfig => ({
  config: {},
  file,
  diagnostics: sortDiagnostics(findings.map((finding) => ({ code: "TG4001", severity: "error", ...finding }))),
});

/** The finding at the first place where the file names its key. */
function placed({ key, ...finding }: ConfigProblem, file: string, text: string): Finding {
  const offset = key === undefined ? -1 : text.search(wholeWord(key));
  if (key === undefined || offset < 0) return { ...finding, file };
  const before = text.slice(0, offset).split("\n");
  const column = (before.at(-1)?.length ?? 0) + 1;
  return { ...finding, file, at: placeOf(file, text, { line: before.length, column, length: key.length }) };
}

const wholeWord = (word: string): RegExp =>
  new RegExp(String.raw`(?<![\w$])${word.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)}(?![\w$])`);

let loads = 0;

async function importDefault(file: string, cwd: string): Promise<unknown> {
  // A module is evaluated once for each URL; a configuration may have changed since it was loaded before.
  const url = `${pathToFileURL(file).href}?load=${++loads}`;
  try {
    return defaultOf(await import(url));
  } catch (error) {
    if ((error as { code?: string }).code !== "ERR_UNKNOWN_FILE_EXTENSION") throw error;
  }
  const { tsImport } = await loadTsx(cwd);
  return defaultOf(await tsImport(url, import.meta.url));
}

/** The project's own tsx, or the one beside this package. */
async function loadTsx(cwd: string): Promise<typeof tsx> {
  try {
    // n.b. resolving "tsx/esm/api" answers with the CommonJS build, which looks for its own hooks in vain
    const manifest = createRequire(join(cwd, "package.json")).resolve("tsx/package.json");
    return (await import(new URL("dist/esm/api/index.mjs", pathToFileURL(manifest)).href)) as typeof tsx;
  } catch {
    return await import("tsx/esm/api");
  }
}

/** The default export; a module that was taken for CommonJS has it one level deeper. */
function defaultOf(module: unknown): unknown {
  const value = (module as { readonly default?: unknown }).default;
  const isNested = typeof value === "object" && value !== null && "__esModule" in value && "default" in value;
  return isNested ? value.default : value;
}
