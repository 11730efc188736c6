import { execFile } from "node:child_process";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { expectWithin } from "../support/budget.js";
import {
  bundleClient,
  BUNDLE_OPTIONS,
  compressed,
  inputsOf,
  loadedWith,
  outputOf,
  type Bundle,
} from "../support/client-bundle.js";
import { loadedFiles, recordingFiles } from "../support/loaded-files.js";
import { taskProject, type TaskProject } from "../support/task-project.js";
import { tempDir } from "../support/temp-dir.js";

const FILES = {
  "src/tasks/secret.task.ts": `
import { task } from "@taskgen/core";
import { helper } from "../helper.js";
export const secret = task((x: number) => helper(x) + "marker-of-the-task");
`,
  "src/helper.ts": "export const helper = (x: number): string => `${x} marker-of-the-helper`;\n",
  "src/entry.ts": 'import { tasks } from "./_generated/client.js";\nconsole.log(await tasks.secret.delay(1).get());\n',
  // whoever runs the task reaches the app without importing anything that a client does not
  "src/run.ts": `
import { defaultApp } from "@taskgen/core";
import { tasks } from "./_generated/client.js";
const { transport, results } = await defaultApp()[Symbol.for("taskgen.app")].connection();
await transport.consume("default", 1, async (batch) => {
  const body = new TextEncoder().encode('["of the task"]');
  await results.put(batch.map(({ envelope: { id } }) => ({ id, state: "SUCCESS", body, ttlMs: 60_000 })));
  await transport.settle(batch.map((delivery) => ({ delivery, to: "done" })));
});
console.log(await tasks.secret.delay(1).get());
process.exit();
`,
};

async function client(): Promise<TaskProject> {
  const project = await taskProject(FILES);
  await project.generate();
  return project;
}

async function bundle(): Promise<Bundle> {
  const { cwd } = await client();
  return await bundleClient(cwd);
}

describe("a client in a bundle", () => {
  it("holds no code of a task", async () => {
    const { outputFiles, metafile } = await bundle();
    for (const { text } of outputFiles) expect(text).not.toContain("marker-of-");
    expect(Object.keys(metafile.inputs).filter((path) => /\.task\.ts$|helper\.ts$/.test(path))).toEqual([]);
  });

  it("is small when it is loaded", async () => {
    const result = await bundle();
    const first = loadedWith(result, ["out/entry.js"]);
    const inputs = inputsOf(result, first);
    expect(inputs.some((path) => path.endsWith("wire/plain-json.js"))).toBe(true);
    expect(inputs.filter((path) => /transports\/|superjson|ioredis|amqplib|zod/.test(path))).toEqual([]);
    expectWithin("bundle.first", compressed(result, first));
  });

  // n.b. without its transport, which is as large as its broker is difficult
  it("is small after a plain call and its result", async () => {
    const result = await bundle();
    const loaded = loadedWith(result, ["out/entry.js", outputOf(result, "call/first-call.js")]);
    expect(inputsOf(result, loaded).filter((path) => /transports\/\w+\/|superjson/.test(path))).toEqual([
      expect.stringMatching(/transports\/link\/opener\.js$/),
    ]);
    expectWithin("bundle.call", compressed(result, loaded));
  });

  it("loads no more than what is counted for a plain call", async () => {
    const { cwd } = await client();
    const built = await build({ ...BUNDLE_OPTIONS, absWorkingDir: cwd, entryPoints: ["src/run.ts"] });
    const folder = await tempDir();
    const env = { ...process.env, ...recordingFiles(folder), TASKGEN_BROKER_URL: "memory:" };
    const { stdout } = await promisify(execFile)(process.execPath, [join(cwd, "out/run.js")], { cwd, env });
    expect(stdout).toBe("[ 'of the task' ]\n");
    const [loaded] = await loadedFiles(folder);
    const counted = loadedWith(built, [
      ...["out/run.js", outputOf(built, "call/first-call.js"), outputOf(built, "memory/open.js")],
    ]);
    const inCwd = loaded!.map((url) => relative(cwd, fileURLToPath(url)));
    expect(inCwd.filter((path) => !counted.has(path))).toEqual([]);
    expect(inCwd.toSorted()).toEqual([...counted].toSorted());
  });
});
