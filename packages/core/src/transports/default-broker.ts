import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ConfigError } from "../errors.js";

/** Where a broker's and a result backend's URL come from when the app names none. */
export interface Environment {
  readonly TASKGEN_BROKER_URL?: string | undefined;
  readonly TASKGEN_RESULT_BACKEND?: string | undefined;
  readonly NODE_ENV?: string | undefined;
}

/** The URLs that an app names itself. */
export interface NamedUrls {
  readonly broker?: string | undefined;
  readonly backend?: string | undefined;
}

/** The URLs of an app's broker and result backend. Throws like `defaultBroker`. */
export function urlsOf(named: NamedUrls, env: Environment = process.env): { broker: string; backend: string } {
  const broker = named.broker ?? defaultBroker(env, process.cwd());
  return { broker, backend: named.backend ?? (env.TASKGEN_RESULT_BACKEND || broker) };
}

/**
 * The broker's URL: `TASKGEN_BROKER_URL`, otherwise a SQLite file under the workspace root, so that a web server and a
 * worker of one workspace meet wherever they are started.
 * @throws ConfigError `BROKER_MISSING` in production, where a forgotten setting must not become a local file.
 */
export function defaultBroker(env: Environment, cwd: string): string {
  if (env.TASKGEN_BROKER_URL) return env.TASKGEN_BROKER_URL;
  if (env.NODE_ENV === "production") {
    throw new ConfigError(
      "BROKER_MISSING",
      "no broker is set and NODE_ENV is production; set TASKGEN_BROKER_URL or createApp({ broker })",
    );
  }
  const file = join(workspaceRoot(cwd), ".taskgen", "tasks.db").replaceAll("\\", "/");
  return `sqlite:${file.split("/").map(encodeURIComponent).join("/")}`;
}

/** The nearest folder upwards that declares workspaces, otherwise the nearest with a package.json, otherwise `cwd`. */
export function workspaceRoot(cwd: string): string {
  let nearest: string | undefined;
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (declaresWorkspaces(folder)) return folder;
    if (nearest === undefined && existsSync(join(folder, "package.json"))) nearest = folder;
    if (dirname(folder) === folder) return nearest ?? cwd;
  }
}

function declaresWorkspaces(folder: string): boolean {
  if (existsSync(join(folder, "pnpm-workspace.yaml"))) return true;
  try {
    return "workspaces" in (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as object);
  } catch {
    return false;
  }
}
