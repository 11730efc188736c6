/** How imports of the project's own files end in generated code. */
export type ImportExtension = "auto" | ".js" | ".ts" | "";

/** What `taskgen.config.ts` exports by default. Paths are relative to the project, with `/`. */
export interface TaskgenConfig {
  /** Globs of the files that declare tasks. @default ["src/**\/*.task.ts"] */
  readonly include?: readonly string[];
  /** Globs of files to leave out of `include`. @default [] */
  readonly exclude?: readonly string[];
  /** Where the generated files go. @default "src/_generated" */
  readonly outDir?: string;
  /** Names come from the folders below this one. @default "src" */
  readonly rootDir?: string;
  /**
   * The module that exports the app, with `#name` unless the export is called `app`: `src/app.ts`, `src/main.ts#orders`.
   * @default none; the client uses the default app
   */
  readonly app?: string;
  /**
   * How run-time imports end. `auto` is `.ts` where tsconfig.json allows or rewrites that, otherwise `.js`.
   * @default "auto"
   */
  readonly importExtension?: ImportExtension;
  readonly client?: ClientConfig;
  /** Whether `validators.ts` is generated, for workers to check arguments with; it needs a contract. @default true */
  readonly validators?: boolean;
  /** What is said of types of which nothing certain is known. */
  readonly serialization?: SerializationConfig;
  readonly contract?: ContractConfig;
  readonly worker?: WorkerConfig;
}

/** What workers do besides running tasks. */
export interface WorkerConfig {
  /**
   * Modules that each thread or process runs before its first task and after its last: `"src/database.ts"`, or a list that is
   * run in its order and torn down in reverse. Each may export `setUp` and `tearDown`. @default none
   */
  readonly setup?: string | readonly string[];
}

/** How callers see the tasks. */
export interface ClientConfig {
  /**
   * `source`: the types are those of the task files, always current, with their definitions and their documentation.
   * `contract`: self-contained types, for clients that must not depend on the tasks' sources; they are as current as the
   * last run. @default "source"
   */
  readonly mode?: "source" | "contract";
  /** Checks arguments before they are sent too; the client then imports zod. @default false */
  readonly validators?: boolean;
}

/** How a finding is reported. */
export type Level = "error" | "warning" | "off";

/** Types that may or may not survive the trip. */
export interface SerializationConfig {
  /** @default "warning" */
  readonly any?: Level;
  /** `unknown`, `object` and `{}`. @default "warning" */
  readonly unknown?: Level;
  /** Optional properties that are functions, which are dropped. @default "warning" */
  readonly optionalFunction?: Level;
  /** Names of classes whose instances travel as their public data. @default [] */
  readonly registered?: readonly string[];
}

/** Which changes break a contract. */
export type CompatibilityMode = "backlog" | "full" | "full-transitive" | "none";

/** What callers and workers agree on, and how it may change. */
export interface ContractConfig {
  /** @default "tasks.contract.json" */
  readonly file?: string;
  /**
   * `backlog`: messages in the queue and clients not deployed yet must go on working. `full`: workers not deployed yet too.
   * `full-transitive`: the same against every contract of the history. @default "backlog"
   */
  readonly mode?: CompatibilityMode;
  /** How long a contract that is no longer current stays in the history. @default 90 */
  readonly historyDays?: number;
  /** Writes a JSON Schema of every task's arguments and result to this file. @default none */
  readonly schema?: string;
}

/** A configuration with every default filled in. */
export interface ResolvedConfig extends Required<
  Omit<TaskgenConfig, "app" | "client" | "serialization" | "contract" | "worker">
> {
  readonly app: AppLocation | undefined;
  readonly client: Required<ClientConfig>;
  readonly serialization: Required<SerializationConfig>;
  readonly contract: Required<Omit<ContractConfig, "schema">> & { readonly schema: string | undefined };
  /** Paths of the set-up modules, relative to the project, with `/`. */
  readonly setup: readonly string[];
}

/** Where the app is. */
export interface AppLocation {
  /** Relative to the project, with `/`. */
  readonly file: string;
  readonly exportName: string;
}

export const CONFIG_DEFAULTS = {
  include: ["src/**/*.task.ts"],
  exclude: [],
  outDir: "src/_generated",
  rootDir: "src",
  importExtension: "auto",
  client: { mode: "source", validators: false },
  validators: true,
  serialization: { any: "warning", unknown: "warning", optionalFunction: "warning", registered: [] },
  contract: { file: "tasks.contract.json", mode: "backlog", historyDays: 90 },
} as const satisfies TaskgenConfig;

/** Fills in the defaults. */
export function resolveConfig(config: TaskgenConfig): ResolvedConfig {
  const { app, worker, ...rest } = { ...CONFIG_DEFAULTS, ...config };
  return {
    ...rest,
    outDir: folder(rest.outDir),
    rootDir: folder(rest.rootDir),
    app: app === undefined ? app : locateApp(app),
    client: { ...CONFIG_DEFAULTS.client, ...config.client },
    serialization: { ...CONFIG_DEFAULTS.serialization, ...config.serialization },
    contract: { ...CONFIG_DEFAULTS.contract, schema: undefined, ...config.contract },
    setup: [worker?.setup ?? []].flat().map(folder),
  };
}

/** `./src/` and `src` are one folder. */
const folder = (path: string): string =>
  path
    .replaceAll("\\", "/")
    .replace(/^(?:\.\/)+/, "")
    .replace(/\/+$/, "") || ".";

function locateApp(app: string): AppLocation {
  const [file = "", exportName = "app"] = app.split("#");
  return { file: folder(file), exportName };
}
