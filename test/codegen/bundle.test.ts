import { execFile } from "node:child_process";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build, type BuildOptions, type BuildResult } from "esbuild";
import { describe, expect, it } from "vitest";
import { expectWithin } from "../support/budget.js";
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

/** n.b. a client is measured without libraries of servers; of CommonJS a bundler would also put a shim into the first load. */
const LIBRARIES = ["ioredis", "amqplib", "amqplib/*", "pg", "@photostructure/sqlite"];

type Bundle = BuildResult<{ metafile: true; write: false }>;

async function client(): Promise<TaskProject> {
  const project = await taskProject(FILES);
  await project.generate();
  return project;
}

const OPTIONS = {
  ...{ bundle: true, splitting: true, minify: true, format: "esm", platform: "node", target: "node20" },
  ...{ external: LIBRARIES, outdir: "out", metafile: true },
} as const satisfies BuildOptions;

async function bundle(): Promise<Bundle> {
  const { cwd } = await client();
  return await build({ ...OPTIONS, absWorkingDir: cwd, entryPoints: ["src/entry.ts"], write: false });
}

/** What these outputs need before anything further is imported lazily, they themselves too. */
function loadedWith({ metafile }: Pick<Bundle, "metafile">, starts: readonly string[]): Set<string> {
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const { path: next, kind, external } of metafile.outputs[path]?.imports ?? []) {
      if (kind === "import-statement" && !external) visit(next);
    }
  };
  starts.forEach(visit);
  return reached;
}

/** The output that is loaded for a lazy import of this file of core. */
function outputOf({ metafile }: Pick<Bundle, "metafile">, file: string): string {
  const isIt = ([, { entryPoint }]: [string, { entryPoint?: string }]): boolean => entryPoint?.endsWith(file) === true;
  return Object.entries(metafile.outputs).find(isIt)![0];
}

const inputsOf = ({ metafile }: Bundle, outputs: ReadonlySet<string>): readonly string[] =>
  [...outputs].flatMap((output) => Object.keys(metafile.outputs[output]?.inputs ?? {}));

/** Bytes of files, each minified and compressed for itself. */
function compressed({ outputFiles }: Bundle, outputs: ReadonlySet<string>): number {
  const files = outputFiles.filter(({ path }) => [...outputs].some((output) => path.endsWith(output)));
  return files.reduce((sum, { contents }) => sum + gzipSync(contents).length, 0);
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
    const built = await build({ ...OPTIONS, absWorkingDir: cwd, entryPoints: ["src/run.ts"] });
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
