import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { defaultApp, type App, type Registry } from "@taskgen/core";
import { internalsOf, urlsOf } from "@taskgen/core/internal";
import { CliError } from "./cli-error.js";
import { isTypeScript, registerTypeScript } from "./import-typescript.js";
import { readSettings, type Settings } from "./settings.js";

/** Where a project's parts are said to be. */
export interface ProjectOptions {
  readonly config?: string;
  readonly registry?: string;
  /** Tasks run in this process, which then imports the registry. @default false */
  readonly inline?: boolean;
}

/** What a worker needs of a project. */
export interface Project {
  readonly app: App;
  /** The URL of the registry's module. */
  readonly registry: string;
  /** The same for people: relative to the folder. */
  readonly registryPath: string;
}

/**
 * The app and the registry of the project in `cwd`. A TypeScript module is imported here only when it holds the app, or
 * when tasks run inline: threads import the registry themselves. A compiled registry knows its app, so that a production
 * install needs neither the configuration nor tsx.
 * @throws CliError `CONFIG_INVALID`, `REGISTRY_MISSING`, `APP_INVALID`, `TSX_MISSING`
 */
export async function openProject(cwd: string, options: ProjectOptions): Promise<Project> {
  const { registry: explicit, inline = false } = options;
  if (explicit !== undefined && !isTypeScript(explicit)) return openCompiled(cwd, findRegistry(cwd, [explicit]));
  const settings = await readSettings(cwd, options.config);
  const { outDir } = settings;
  const path = findRegistry(
    cwd,
    explicit === undefined ? [`${outDir}/registry.ts`, `${outDir}/registry.js`] : [explicit],
  );
  if (!isTypeScript(path)) return openCompiled(cwd, path);
  if (inline) await registerTypeScript(cwd, relative(cwd, path));
  return describe(cwd, path, await importApp(cwd, settings));
}

const describe = (cwd: string, path: string, app: App): Project => ({
  app,
  registry: pathToFileURL(path).href,
  registryPath: relative(cwd, path),
});

/** The app that the configuration of the folder `cwd` names, otherwise the default app. */
export async function openApp(cwd: string, config?: string): Promise<App> {
  return importApp(cwd, await readSettings(cwd, config));
}

/** @throws CliError `BROKER_FIXED` when the app would not use the broker that was given. */
export function requireBroker(app: App, broker: string | undefined): void {
  if (broker === undefined || urlsOf(internalsOf(app).urls).broker === broker) return;
  throw new CliError(
    "BROKER_FIXED",
    "--broker has no effect: the project's app names its broker itself; leave out createApp({ broker }) or --broker",
  );
}

function findRegistry(cwd: string, candidates: readonly string[]): string {
  const found = candidates.map((path) => resolve(cwd, path)).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new CliError(
    "REGISTRY_MISSING",
    `there is no ${candidates[0]} in ${cwd}; run \`npx taskgen\` there first, or name the registry with --registry`,
  );
}

async function openCompiled(cwd: string, path: string): Promise<Project> {
  const { registry } = (await import(pathToFileURL(path).href)) as { readonly registry?: Registry };
  if (registry === undefined)
    throw new CliError("REGISTRY_MISSING", `${relative(cwd, path)} has no export named registry`);
  const app = registry.app === undefined ? defaultApp() : requireApp(await registry.app(), "the app of the registry");
  return describe(cwd, path, app);
}

/** The app that settings name, otherwise the default app. */
export async function importApp(cwd: string, { app }: Settings): Promise<App> {
  if (app === undefined) return defaultApp();
  const [path = "", name = "app"] = app.split("#");
  const file = resolve(cwd, path);
  if (!existsSync(file)) throw new CliError("APP_INVALID", `the module of the app, ${path}, does not exist`);
  if (isTypeScript(file)) await registerTypeScript(cwd, path);
  const module = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  return requireApp(module[name], `the export ${name} of ${path}`);
}

function requireApp(value: unknown, what: string): App {
  if (typeof value === "object" && value !== null && Symbol.for("taskgen.app") in value) return value as App;
  throw new CliError("APP_INVALID", `${what} is not an app; make it with createApp() of @taskgen/core`);
}
