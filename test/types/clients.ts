import { fileURLToPath } from "node:url";
import { generate } from "@taskgen/codegen";

const FIXTURES = [
  { folder: "shop", config: {} },
  { folder: "bound", config: { app: "src/app.ts#orders" } },
] as const;

/** The absolute path of a file beside this one. */
export const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Writes the clients of the fixtures as the command line does it for a project. */
export async function generateClients(): Promise<void> {
  for (const { folder, config } of FIXTURES) {
    const { diagnostics, files } = await generate({ cwd: here(`fixtures/${folder}`), config });
    if (diagnostics.length > 0 || files.length === 0) throw new Error(JSON.stringify(diagnostics));
  }
}
