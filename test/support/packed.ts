import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { eventually } from "./eventually.js";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const cache = fileURLToPath(new URL("../node_modules/.cache/packed/", import.meta.url));

/** The packages that are packed: their names and their folders. */
export const PACKAGES = {
  "@taskgen/core": "core",
  "@taskgen/codegen": "codegen",
  "@taskgen/worker": "worker",
  taskgen: "cli",
} as const;

/**
 * The folder with a tarball of each package, as npm would publish what it is now. The first test file that asks has them made: npm
 * takes six seconds of a processor for it.
 */
export async function packed(): Promise<string> {
  const folder = join(cache, await fingerprint());
  await mkdir(cache, { recursive: true });
  await eventually(async () => existsSync(folder) || (await packAlone(folder)), {
    what: "packed packages",
    every: 100,
  });
  return folder;
}

/** By size and time of all files: reading them would take longer. */
async function fingerprint(): Promise<string> {
  const hash = createHash("sha256");
  for (const name of Object.values(PACKAGES)) {
    const folder = join(root, "packages", name);
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    for (const path of paths.filter((one) => !one.includes("node_modules")).toSorted()) {
      const { size, mtimeMs } = await stat(path);
      hash.update(`${path} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest("hex").slice(0, 16);
}

/** Packs unless another process does; that may have died since. */
async function packAlone(folder: string): Promise<boolean> {
  const lock = `${folder}.lock`;
  try {
    await writeFile(lock, `${process.pid}`, { flag: "wx" });
  } catch {
    const owner = Number(await readFile(lock, "utf8").catch(() => ""));
    if (owner > 0 && !isAlive(owner)) await rm(lock, { force: true });
    return false;
  }
  try {
    if (!existsSync(folder)) await pack(folder);
  } finally {
    await rm(lock);
  }
  return true;
}

async function pack(folder: string): Promise<void> {
  const draft = `${folder}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft);
  const args = ["pack", "--ignore-scripts", "--silent", "--pack-destination", draft];
  const workspaces = Object.keys(PACKAGES).flatMap((name) => ["--workspace", name]);
  const { npm_execpath: npm } = process.env;
  const [command, ...first] = npm === undefined ? ["npm"] : [process.execPath, npm];
  await run(command, [...first, ...args, ...workspaces], { cwd: root });
  for (const old of await readdir(cache))
    if (!folder.includes(old.split(".")[0]!)) await rm(join(cache, old), { recursive: true });
  await rename(draft, folder);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
