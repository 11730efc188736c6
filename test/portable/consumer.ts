import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { tempDir } from "../support/temp-dir.js";
import type { Files } from "../support/task-project.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The strictest settings, and no library but that of the language. */
const COMPILER_OPTIONS = {
  ...{ target: "es2022", lib: ["es2022"], types: [], module: "nodenext", noEmit: true, skipLibCheck: false },
  ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, verbatimModuleSyntax: true },
  ...{ noPropertyAccessFromIndexSignature: true, noUnusedLocals: true, isolatedModules: true },
};

/**
 * A project of another repository, in which nothing is installed but @taskgen/core, as it is published, and portable
 * packages, by their names; with `runs` also what core itself depends on.
 */
export async function consumer(packages: Files, files: Files, runs = false): Promise<string> {
  const cwd = await tempDir();
  const installed = (module: string): string => join(cwd, "node_modules", module);
  // n.b. a compiler reads nothing else
  const filter = (path: string): boolean => runs || !/\.js$|\.map$/.test(path);
  for (const file of ["dist", "package.json"]) {
    await cp(join(ROOT, "packages/core", file), join(installed("@taskgen/core"), file), { recursive: true, filter });
  }
  for (const [name, folder] of Object.entries(packages)) await cp(folder, installed(name), { recursive: true });
  if (runs) await symlink(join(ROOT, "node_modules/superjson"), installed("superjson"));
  if (runs) await symlink(join(ROOT, "node_modules/@photostructure"), installed("@photostructure"));
  const own = {
    "package.json": '{ "name": "consumer", "type": "module" }\n',
    "tsconfig.json": JSON.stringify({ compilerOptions: COMPILER_OPTIONS, include: ["src"] }),
  };
  for (const [file, text] of Object.entries({ ...own, ...files })) {
    await mkdir(dirname(join(cwd, file)), { recursive: true });
    await writeFile(join(cwd, file), text);
  }
  return cwd;
}
