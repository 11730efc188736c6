import { execFile } from "node:child_process";
import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Settings } from "../settings.js";
import { number, type Table } from "../table.js";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../../", import.meta.url));
const OWN = ["@taskgen/core", "@taskgen/worker", "taskgen"] as const;

interface Size {
  readonly packages: number;
  readonly files: number;
  readonly bytes: number;
}

/** What is on disk where the packages are installed for production, as npm would publish them. */
export async function installSize({ folder }: Settings): Promise<Table> {
  await pack(folder);
  const tarballs = await readdir(folder);
  const ours = (name: (typeof OWN)[number]): string =>
    join(
      folder,
      tarballs.find((file) => file.startsWith(`${name.replace("@", "").replace("/", "-")}-0`))!,
    );
  const [core, worker, cli] = OWN.map(ours) as [string, string, string];
  const rows: string[][] = [];
  for (const [name, packages] of [
    ["@taskgen/core", [core]],
    ["@taskgen/core, @taskgen/worker", [core, worker]],
    ["the same, ioredis", [core, worker, "ioredis@6"]],
    ["the same, amqplib", [core, worker, "amqplib@2"]],
    ["the same, taskgen", [core, worker, cli]],
  ] as const) {
    const { packages: count, files, bytes } = await install(join(folder, `${rows.length}`), packages);
    rows.push([name, `${count}`, number(files), number(bytes / 1e6)]);
  }
  return { title: "Size of an installation", about: ABOUT, columns: ["what", "packages", "files", "MB"], rows };
}

/** One tarball for each package. */
async function pack(folder: string): Promise<void> {
  const workspaces = OWN.flatMap((name) => ["--workspace", name]);
  await run("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder, ...workspaces], {
    cwd: root,
  });
}

async function install(folder: string, packages: readonly string[]): Promise<Size> {
  await mkdir(folder);
  await writeFile(join(folder, "package.json"), '{ "name": "size", "private": true }\n');
  const options = ["--omit=dev", "--omit=peer", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
  await run("npm", ["install", ...options, ...packages], { cwd: folder, timeout: 120_000 });
  return await sizeOf(join(folder, "node_modules"));
}

async function sizeOf(folder: string): Promise<Size> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size));
  const packages = files.filter(({ parentPath, name }) => name === "package.json" && PACKAGE.test(parentPath));
  return { packages: packages.length, files: files.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/** The folder of a package, none within it. */
const PACKAGE = /node_modules\/(@[^/]+\/)?[^/]+$/;

const ABOUT =
  "`npm install --omit=dev` of the packages as `npm pack` makes them, with what they depend on; the optional binaries of SQLite too. " +
  "Bytes are those of the files.";
