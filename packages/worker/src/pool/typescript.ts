import { createRequire } from "node:module";
import { features } from "node:process";
import { pathToFileURL } from "node:url";

export const isTypeScript = (url: string): boolean => /\.(ts|mts|tsx)$/.test(url.replace(/[?#].*$/, ""));

/**
 * Lets this thread import TypeScript: with tsx, as installed beside the registry or beside this package. tsx comes before
 * Node's own type stripping because it also finds `x.ts` where `x.js` is imported.
 */
export async function enableTypeScript(registryUrl: string): Promise<void> {
  const url = findTsx(registryUrl) ?? findTsx(import.meta.url);
  if (url === undefined) return assertTypeStripping(registryUrl);
  const api = (await import(url)) as { readonly register: () => unknown };
  api.register();
}

/** The module `tsx/esm/api`. n.b. `require.resolve` finds its CommonJS build, whose `register` looks for files beside it in vain. */
function findTsx(from: string): string | undefined {
  try {
    const require = createRequire(from);
    const manifest = require("tsx/package.json") as {
      readonly exports: Readonly<Record<string, { readonly import: { readonly default: string } }>>;
    };
    return new URL(manifest.exports["./esm/api"]!.import.default, pathToFileURL(require.resolve("tsx/package.json")))
      .href;
  } catch {
    return undefined;
  }
}

function assertTypeStripping(registryUrl: string): void {
  if ("typescript" in features && features.typescript) return;
  throw new Error(
    `the registry ${registryUrl} is TypeScript, which needs tsx: install it (npm install --save-dev tsx) or give a compiled registry`,
  );
}
