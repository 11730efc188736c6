import { gzipSync } from "node:zlib";
import { build, type BuildResult } from "esbuild";
import { describe, expect, it } from "vitest";
import { taskProject } from "../support/task-project.js";

const FILES = {
  "src/tasks/secret.task.ts": `
import { task } from "@taskgen/core";
import { helper } from "../helper.js";
export const secret = task((x: number) => helper(x) + "marker-of-the-task");
`,
  "src/helper.ts": "export const helper = (x: number): string => `${x} marker-of-the-helper`;\n",
  "src/entry.ts": 'import { tasks } from "./_generated/client.js";\nconsole.log(await tasks.secret.delay(1).get());\n',
};

type Bundle = BuildResult<{ metafile: true; write: false }>;

async function bundle(): Promise<Bundle> {
  const project = await taskProject(FILES);
  await project.generate();
  return await build({
    ...{ absWorkingDir: project.cwd, entryPoints: ["src/entry.ts"], outdir: "out", write: false, metafile: true },
    ...{ bundle: true, splitting: true, minify: true, format: "esm", platform: "node", target: "node20" },
    // n.b. a client is measured without libraries of servers; of this one a bundler would put a shim into the first load
    external: ["pg"],
  });
}

/** The outputs that the entry needs before anything is imported lazily. */
function staticOutputs({ metafile }: Bundle): Set<string> {
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const { path: next, kind, external } of metafile.outputs[path]?.imports ?? []) {
      if (kind === "import-statement" && !external) visit(next);
    }
  };
  visit("out/entry.js");
  return reached;
}

describe("a client in a bundle", () => {
  it("holds no code of a task", async () => {
    const { outputFiles, metafile } = await bundle();
    for (const { text } of outputFiles) expect(text).not.toContain("marker-of-");
    expect(Object.keys(metafile.inputs).filter((path) => /\.task\.ts$|helper\.ts$/.test(path))).toEqual([]);
  });

  // n.b. the goal is 12 kB, of which superjson alone takes 4
  it("is at most 16.05 kB with its codec, minified and compressed", async () => {
    const result = await bundle();
    const reached = staticOutputs(result);
    const files = result.outputFiles.filter(({ path }) => [...reached].some((output) => path.endsWith(output)));
    const inputs = [...reached].flatMap((output) => Object.keys(result.metafile.outputs[output]?.inputs ?? {}));
    expect(inputs.some((path) => path.includes("superjson"))).toBe(true);
    expect(inputs.filter((path) => /ioredis|amqplib|sqlite|zod/.test(path))).toEqual([]);
    expect(files.reduce((sum, { contents }) => sum + gzipSync(contents).length, 0)).toBeLessThanOrEqual(16_050);
  });
});
