import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { PACKAGES, packed } from "./packed.js";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const OWN = /^(@taskgen|@taskgen-examples|taskgen|\..*)$/;

/**
 * A folder in which the packages are installed as npm would publish them, beside links to what this workspace has
 * installed from others. What imports a file that is not published fails there.
 */
export class PackedInstall implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<PackedInstall> {
    const install = new PackedInstall(await mkdtemp(join(tmpdir(), "taskgen-packed-")));
    await linkEntries(join(root, "node_modules"), join(install.folder, "node_modules"));
    const tarballs = await packed();
    for (const [name, folder] of Object.entries(PACKAGES)) await install.#extract(name, folder, tarballs);
    return install;
  }

  /** The file of the command `taskgen`. */
  get bin(): string {
    return join(this.folder, "node_modules/taskgen/bin/taskgen.js");
  }

  /** A copy of an example, as its sources are. */
  async example(name: string): Promise<string> {
    const copy = join(this.folder, "examples", name);
    await cp(join(root, "tsconfig.base.json"), join(this.folder, "tsconfig.base.json"));
    await cp(join(root, "examples", name), copy, {
      recursive: true,
      filter: (path) => !/[\\/](node_modules|_generated|\.taskgen|\.turbo)$/.test(path),
    });
    return copy;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  async #extract(name: string, folder: string, from: string): Promise<void> {
    const target = join(this.folder, "node_modules", name);
    await mkdir(target, { recursive: true });
    const tarball = (await readdir(from)).find((file) =>
      new RegExp(`^${name.replace("@", "").replace("/", "-")}-\\d.*\\.tgz$`).test(file),
    );
    if (tarball === undefined) throw new Error(`npm pack made no file for ${name}`);
    await run("tar", ["-xzf", join(from, tarball), "-C", target, "--strip-components=1"]);
    // the versions of other packages that only this one has
    await linkEntries(join(root, "packages", folder, "node_modules"), join(target, "node_modules"));
  }
}

/** Links every package of one node_modules folder into another, except for our own. */
async function linkEntries(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from).catch(() => [])) {
    if (OWN.test(entry)) continue;
    await mkdir(dirname(join(to, entry)), { recursive: true });
    await symlink(join(from, entry), join(to, entry), "junction");
  }
}
