import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { CliError } from "./cli-error.js";
import { isTypeScript } from "./import-typescript.js";

/** What verbs that run without the generator need of the configuration. */
export interface Settings {
  /** @default "src/_generated" */
  readonly outDir: string;
  /** `path` or `path#export` of the app's module. */
  readonly app: string | undefined;
}

/** What the process that reads a TypeScript configuration sends. */
export type SettingsMessage = { readonly value: unknown } | { readonly error: string };

const FILES = ["taskgen.config.ts", "taskgen.config.mts", "taskgen.config.js", "taskgen.config.mjs"];
const DEFAULTS = { outDir: "src/_generated", app: undefined } as const satisfies Settings;

/**
 * Reads `taskgen.config.{ts,mts,js,mjs}` of a folder, or the file that is named; without one the defaults hold.
 * @throws CliError `CONFIG_INVALID`
 */
export async function readSettings(cwd: string, explicit?: string): Promise<Settings> {
  const name = explicit ?? FILES.find((candidate) => existsSync(resolve(cwd, candidate)));
  if (name === undefined) return DEFAULTS;
  const file = resolve(cwd, name);
  if (!existsSync(file)) throw new CliError("CONFIG_INVALID", `the configuration ${name} does not exist`);
  return check(name, await importDefault(name, file));
}

async function importDefault(name: string, file: string): Promise<unknown> {
  try {
    if (isTypeScript(file)) return await readApart(file);
    return ((await import(pathToFileURL(file).href)) as { readonly default?: unknown }).default;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CliError("CONFIG_INVALID", `the configuration ${name} cannot be loaded: ${reason}`, { cause });
  }
}

/** In a process of its own: loading a TypeScript loader into this one would cost a worker 13 MB for its whole life. */
async function readApart(file: string): Promise<unknown> {
  const script = fileURLToPath(new URL("./read-settings.js", import.meta.url));
  const child = fork(script, [file], { stdio: ["ignore", "inherit", "inherit", "ipc"], execArgv: [] });
  const ended = once(child, "exit").then((): SettingsMessage => ({ error: "its process ended without an answer" }));
  const answered = once(child, "message").then(([message]) => message as SettingsMessage);
  const message = await Promise.race([answered, ended]);
  await ended;
  if ("error" in message) throw new Error(message.error);
  return message.value;
}

function check(name: string, value: unknown): Settings {
  if (typeof value !== "object" || value === null) {
    throw new CliError("CONFIG_INVALID", `the configuration ${name} has no default export that is an object`);
  }
  const { outDir = DEFAULTS.outDir, app } = value as { readonly outDir?: unknown; readonly app?: unknown };
  if (typeof outDir !== "string") throw new CliError("CONFIG_INVALID", `outDir in ${name} must be a text`);
  if (app !== undefined && typeof app !== "string")
    throw new CliError("CONFIG_INVALID", `app in ${name} must be a text`);
  return { outDir, app };
}
