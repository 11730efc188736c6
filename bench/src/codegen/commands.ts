import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { median } from "../statistics.js";
import { edited, type Edit } from "./edits.js";
import { largeProject, taskFile } from "./project.js";

const execute = promisify(execFile);
const require = createRequire(import.meta.url);

const taskgen = fileURLToPath(new URL("../../../packages/cli/bin/taskgen.js", import.meta.url));
const watcher = fileURLToPath(new URL("watch.ts", import.meta.url));
const tsc6 = join(dirname(require.resolve("typescript-6.0/package.json")), "lib", "tsc.js");
const tsc7 = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");

/** A large project, and what is run in it. All times are in milliseconds and of processes, their start included. */
export class CodegenProject {
  readonly #folder: string;
  #edits = 0;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** A new project with its client. */
  static async create(folder: string): Promise<CodegenProject> {
    const project = new CodegenProject(await largeProject(folder));
    await project.generate();
    return project;
  }

  /** Gives the project a contract: from here on types are read. */
  async accept(): Promise<void> {
    await this.#time([taskgen, "accept"]);
    await this.generate();
  }

  generate = (): Promise<number> => this.#time([taskgen]);

  async generateAnew(): Promise<number> {
    await rm(join(this.#folder, "node_modules", ".cache"), { recursive: true, force: true });
    return await this.generate();
  }

  async generateAfter(edit: Edit): Promise<number> {
    const path = join(this.#folder, taskFile(0));
    await writeFile(path, edited(await readFile(path, "utf8"), edit, ++this.#edits));
    return await this.generate();
  }

  check6 = (): Promise<number> => this.#time([tsc6, "--noEmit", "-p", "."]);

  check7 = (): Promise<number> => this.#time([tsc7, "--noEmit", "-p", "."]);

  bareNode = (): Promise<number> => this.#time(["-e", "0"]);

  /** One edit within a process that lives on: the median of some, without the first ones, which load the compiler. */
  async watch(edit: Edit): Promise<number> {
    const { stdout } = await execute(process.execPath, ["--import", "tsx", watcher, this.#folder, edit]);
    const times = JSON.parse(stdout) as number[];
    return median(times.slice(times.length / 2));
  }

  async #time(args: readonly string[]): Promise<number> {
    const started = performance.now();
    await execute(process.execPath, args, { cwd: this.#folder, maxBuffer: 64 * 1024 * 1024 });
    return performance.now() - started;
  }
}
