import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";

/** The installed packages to compress; the first that is there is taken. */
const CANDIDATES = ["typescript", "prettier", "zod"];

/** An installed package with a few hundred files, looked for here and in the folders above. */
export function findPackage(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = CANDIDATES.map((name) => join(folder, "node_modules", name)).find((path) => existsSync(path));
    if (found !== undefined) return found;
    if (dirname(folder) === folder) throw new Error("there is nothing to compress; run npm install first");
  }
}

/** Every file below a folder, in order. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}
