import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const bin = (name: string): string => join(root, "node_modules", ".bin", name);
const run = promisify(execFile);

const TSCONFIG = {
  compilerOptions: {
    module: "nodenext",
    target: "es2023",
    strict: true,
    noEmit: true,
    types: ["node"],
    skipLibCheck: true,
  },
  include: ["src"],
};

/** The blocks of the README that say which file they are. */
async function snippets(): Promise<Map<string, string>> {
  const text = await readFile(join(root, "README.md"), "utf8");
  const blocks = text.matchAll(/^```ts file=(\S+)\n([\s\S]*?)^```$/gm);
  return new Map(Array.from(blocks, ([, file, code]) => [file!, code!]));
}

/** A project made of the README's own code. */
async function writeProject(): Promise<string> {
  const folder = await tempDir();
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "from-the-readme", type: "module" }));
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(TSCONFIG));
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  for (const [file, code] of await snippets()) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), code);
  }
  return folder;
}

it("the README's program compiles, and does what it says", async () => {
  const cwd = await writeProject();
  expect([...(await snippets()).keys()]).toEqual(["src/tasks/math.task.ts", "src/main.ts"]);
  await run(bin("taskgen"), [], { cwd });
  await run(bin("tsc"), ["-p", "."], { cwd });

  const worker = spawn(bin("taskgen"), ["worker", "--threads", "1"], { cwd, stdio: "ignore" });
  const ended = once(worker, "exit");
  onTestFinished(() => void worker.kill("SIGKILL"));
  const { stdout } = await run(bin("tsx"), ["src/main.ts"], { cwd, timeout: 25_000 });
  expect(stdout).toBe("8\n9\n");
  worker.kill("SIGTERM");
  expect(await within("the worker's end", ended)).toEqual([0, null]);
});
