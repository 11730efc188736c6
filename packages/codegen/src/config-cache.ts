import { CacheFile, hashOf } from "./cache-file.js";
import { CONFIG_DEFAULTS, type TaskgenConfig } from "./config.js";

interface StoredConfig {
  readonly textHash: string;
  readonly config: TaskgenConfig;
}

/**
 * The value of a configuration that is made of literals alone, by its text: to load TypeScript costs more than all the
 * rest of a run in which nothing changed. A configuration that computes anything is not kept.
 */
export class ConfigCache {
  readonly #file: CacheFile<StoredConfig>;

  constructor(cwd: string) {
    this.#file = new CacheFile(cwd, "config.json");
  }

  get(text: string): TaskgenConfig | undefined {
    const stored = this.#file.read();
    return stored?.textHash === hashOf(text) ? stored.config : undefined;
  }

  set(text: string, config: TaskgenConfig): void {
    if (isLiteral(text)) this.#file.write({ textHash: hashOf(text), config });
  }
}

const WORDS = new Set([
  ...["import", "type", "from", "export", "default", "as", "const", "satisfies", "true", "false"],
  ...["defineConfig", "TaskgenConfig", "app", "schema", "worker", "setup", ...keysOf(CONFIG_DEFAULTS)],
]);

/** The keys of an object and of the objects in it. */
function keysOf(value: object): string[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner) ? [key, ...keysOf(inner)] : [key],
  );
}

const IMPORT =
  /import\s+(?:type\s+)?\{[^}]*\}\s*from\s*(?:"taskgen"|'taskgen'|"@taskgen\/codegen"|'@taskgen\/codegen')/g;

/** Whether a text is an object of literals around which nothing happens; a doubtful one is not. */
function isLiteral(text: string): boolean {
  const code = text
    .replace(IMPORT, "")
    .replace(/("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|\/\/[^\n]*|\/\*[^]*?\*\//g, (_, string) =>
      string ? '""' : " ",
    );
  const words = code.match(/[\w$]+/g) ?? [];
  return !/\bimport\b|[^\w$\s"{}[\]():,;]/.test(code) && words.every((word) => WORDS.has(word));
}
