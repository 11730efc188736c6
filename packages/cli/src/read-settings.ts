// The process that runs a TypeScript configuration: its path is the argument, its answer one message.
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { registerTypeScript } from "./import-typescript.js";
import type { SettingsMessage } from "./settings.js";

async function read(file: string): Promise<SettingsMessage> {
  try {
    await registerTypeScript(dirname(file), file);
    const { default: value } = (await import(pathToFileURL(file).href)) as { readonly default?: unknown };
    return { value: plain(value) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** Only the settings that are asked for; others may hold what no message carries. */
function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return null;
  const { outDir, app } = unwrap(value);
  return { outDir, app };
}

/** A module that was taken for CommonJS has its default export one level deeper. */
function unwrap(value: object): { readonly outDir?: unknown; readonly app?: unknown } {
  const { default: inner } = value as { readonly default?: unknown };
  return "__esModule" in value && typeof inner === "object" && inner !== null ? inner : value;
}

process.send?.(await read(process.argv[2] ?? ""), () => process.exit());
