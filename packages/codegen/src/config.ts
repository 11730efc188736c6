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
}

/** A configuration with every default filled in. */
export interface ResolvedConfig extends Required<Omit<TaskgenConfig, "app">> {
  readonly app: AppLocation | undefined;
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
} as const satisfies TaskgenConfig;

/** Fills in the defaults. */
export function resolveConfig(config: TaskgenConfig): ResolvedConfig {
  const { app, ...rest } = { ...CONFIG_DEFAULTS, ...config };
  return {
    ...rest,
    outDir: folder(rest.outDir),
    rootDir: folder(rest.rootDir),
    app: app === undefined ? app : locateApp(app),
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
