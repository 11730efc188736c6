import { execFile } from "node:child_process";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { PackedInstall } from "./packed-install.js";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const COMMITTER = ["-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "commit.gpgsign=false"];

/** The members of examples/monorepo. */
export type Member = "orders" | "orders-contract" | "web" | "reports";
const MEMBERS: readonly Member[] = ["orders", "orders-contract", "web", "reports"];

/** examples/monorepo as a repository of its own, committed to `main`, in which the packed packages are installed. */
export class PackedMonorepo implements AsyncDisposable {
  readonly #install: PackedInstall;

  private constructor(install: PackedInstall) {
    this.#install = install;
  }

  static async create(): Promise<PackedMonorepo> {
    const install = await PackedInstall.create();
    const monorepo = new PackedMonorepo(install);
    await install.example("monorepo");
    await monorepo.#writeRoot();
    await linkMembers(install.folder);
    await git(install.folder, "init", "--quiet", "--initial-branch=main");
    await git(install.folder, "add", ".");
    await git(install.folder, "commit", "--quiet", "--message=shop");
    return monorepo;
  }

  /** The file of the command `taskgen`. */
  get bin(): string {
    return this.#install.bin;
  }

  /** A checkout of `main` that may be changed. */
  async checkout(name: string): Promise<Checkout> {
    const folder = join(this.#install.folder, "worktrees", name);
    await git(this.#install.folder, "worktree", "add", "--quiet", "--detach", folder, "main");
    await linkMembers(folder);
    return new Checkout(folder);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#install[Symbol.asyncDispose]();
  }

  async #writeRoot(): Promise<void> {
    const { folder, bin } = this.#install;
    const manifest = { name: "shop", private: true, packageManager: "npm@11.0.0", workspaces: ["examples/monorepo/*"] };
    await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
    await writeFile(join(folder, "turbo.json"), await readFile(join(root, "turbo.json")));
    await writeFile(join(folder, ".gitignore"), "node_modules/\n.turbo/\n/worktrees/\n");
    const bins = join(folder, "node_modules/.bin");
    await mkdir(bins);
    await symlink(bin, join(bins, "taskgen"));
    await symlink(join(root, "node_modules/.bin/tsc"), join(bins, "tsc"));
  }
}

/** Files of the monorepo in a folder of their own. */
export class Checkout {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** A member's folder, or one of its files. */
  path(member: Member, file = ""): string {
    return join(this.folder, "examples/monorepo", member, file);
  }

  /** Takes back every change of files that are committed. */
  async restore(): Promise<void> {
    await git(this.folder, "checkout", "--quiet", ".");
  }
}

const git = (cwd: string, ...args: string[]): Promise<unknown> => run("git", [...COMMITTER, ...args], { cwd });

async function linkMembers(folder: string): Promise<void> {
  const scope = join(folder, "examples/monorepo/node_modules/@shop");
  await mkdir(scope, { recursive: true });
  for (const name of MEMBERS) await symlink(join(folder, "examples/monorepo", name), join(scope, name), "junction");
}
