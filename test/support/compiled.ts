import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const tests = fileURLToPath(new URL("../", import.meta.url));
const folder = join(tests, "node_modules/.cache/children");
const paths = new Map<string, string>();

/**
 * The program of a TypeScript file of the tests as JavaScript: all that it imports of TypeScript is in it. A child that
 * compiled it itself would load a compiler, and so would each of its threads: half a second of a processor for each.
 */
export function compiled(file: URL): string {
  const known = paths.get(file.href);
  if (known !== undefined) return known;
  const code = compile(file);
  const path = join(folder, `${createHash("sha256").update(code).digest("hex")}.mjs`);
  if (!existsSync(path)) write(path, code);
  paths.set(file.href, path);
  return path;
}

function compile(file: URL): Uint8Array {
  const path = fileURLToPath(file);
  const beside = readdirSync(dirname(path)).filter((name) => name.endsWith(".js"));
  const { outputFiles } = buildSync({
    entryPoints: [path],
    outfile: join(folder, "program.mjs"),
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    // n.b. registries are JavaScript, and are loaded from where they are, also by threads
    external: beside.map((name) => join(dirname(path), name)),
    define: { "import.meta.url": JSON.stringify(file.href) },
  });
  return outputFiles[0]!.contents;
}

/** Another test file may write the same at the same moment. */
function write(path: string, code: Uint8Array): void {
  mkdirSync(folder, { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, code);
  renameSync(draft, path);
}

/** Whether a file is TypeScript of the tests. */
export const isOfTests = (file: URL): boolean =>
  fileURLToPath(file).startsWith(tests) && file.pathname.endsWith(".ts") && !file.pathname.includes("/node_modules/");
