import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { CliError } from "./cli-error.js";

const NAME = "@taskgen/codegen";

/**
 * The generator of the project in `cwd`, or the one beside this package. It is a peer that production installs leave out.
 * @throws CliError `CODEGEN_MISSING`
 */
export async function loadCodegen(cwd: string): Promise<typeof import("@taskgen/codegen")> {
  for (const from of [join(cwd, "package.json"), import.meta.url]) {
    const url = resolveFrom(from);
    if (url !== undefined) return (await import(url)) as typeof import("@taskgen/codegen");
  }
  throw new CliError(
    "CODEGEN_MISSING",
    `generating needs ${NAME}, which is not installed; run \`npm install --save-dev ${NAME}\``,
  );
}

function resolveFrom(from: string): string | undefined {
  try {
    return pathToFileURL(createRequire(from).resolve(NAME)).href;
  } catch (error) {
    if ((error as { readonly code?: string }).code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}
