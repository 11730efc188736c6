import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { CliError } from "./cli-error.js";

/** Whether Node needs help to import this file. */
export const isTypeScript = (path: string): boolean => /\.[cm]?tsx?$/.test(path);

/**
 * Lets this process import TypeScript, through the tsx of the project in `cwd` or the one beside this package.
 * @throws CliError `TSX_MISSING` when there is none and Node itself cannot.
 */
export async function registerTypeScript(cwd: string, file: string): Promise<void> {
  const tsx = resolveTsx(cwd);
  if (tsx !== undefined) {
    const { register } = (await import(tsx)) as { readonly register: () => unknown };
    register();
  } else if (!("typescript" in process.features && process.features.typescript)) {
    throw new CliError(
      "TSX_MISSING",
      `${file} is TypeScript and tsx is not installed; run \`npm install --save-dev tsx\``,
    );
  }
}

function resolveTsx(cwd: string): string | undefined {
  for (const from of [join(cwd, "package.json"), import.meta.url]) {
    const url = resolveFrom(from);
    if (url !== undefined) return url;
  }
  return undefined;
}

/** n.b. `require.resolve` would answer with the CommonJS build, whose `register` does not find its own hooks. */
function resolveFrom(from: string): string | undefined {
  try {
    const path = createRequire(from).resolve("tsx/package.json");
    const manifest = JSON.parse(readFileSync(path, "utf8")) as Manifest;
    return new URL(manifest.exports["./esm/api"].import.default, pathToFileURL(path)).href;
  } catch {
    return undefined;
  }
}

interface Manifest {
  readonly exports: { readonly "./esm/api": { readonly import: { readonly default: string } } };
}
