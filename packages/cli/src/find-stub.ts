import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { AnyApp, Stub } from "@taskgen/core";
import { CliError } from "./cli-error.js";
import { isTypeScript, registerTypeScript } from "./import-typescript.js";

/** The stub of any task. */
export type AnyStub = Stub<unknown[], unknown>;

/** Where to look for a project's client. */
export interface ClientPlace {
  readonly cwd: string;
  /** The folder of what is generated. */
  readonly outDir: string;
}

/**
 * The stub of a task in the client that is generated in this folder, with the options that the task declares. Undefined where there
 * is no client, where it does not have the task, and where it is TypeScript that nothing here can import.
 */
export async function findStub(app: AnyApp, name: string, { cwd, outDir }: ClientPlace): Promise<AnyStub | undefined> {
  const path = ["client.ts", "client.js"]
    .map((file) => `${outDir}/${file}`)
    .find((one) => existsSync(resolve(cwd, one)));
  if (path === undefined || !(await canImport(cwd, path))) return undefined;
  const client = (await import(pathToFileURL(resolve(cwd, path)).href)) as Partial<Client>;
  return client.createTasks === undefined ? undefined : findIn(client.createTasks(app), name);
}

interface Client {
  readonly createTasks: (app: AnyApp) => object;
}

async function canImport(cwd: string, path: string): Promise<boolean> {
  if (!isTypeScript(path)) return true;
  try {
    await registerTypeScript(cwd, path);
    return true;
  } catch (error) {
    if (error instanceof CliError && error.code === "TSX_MISSING") return false;
    throw error;
  }
}

/** A task's name on the wire is not always its place among the folders. */
function findIn(folder: object, name: string): AnyStub | undefined {
  for (const value of Object.values(folder) as readonly object[]) {
    if (!("taskName" in value)) {
      const found = findIn(value, name);
      if (found !== undefined) return found;
    } else if (value.taskName === name) return value as AnyStub;
  }
  return undefined;
}
