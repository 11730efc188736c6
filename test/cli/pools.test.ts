import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { copyProject, startTaskgen, taskgen, textLine } from "../support/taskgen-command.js";
import { within } from "../support/within.js";

const PROJECT = new URL("fixtures/project/", import.meta.url);

/** A project that is generated. */
async function generated(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const cwd = await copyProject(PROJECT);
  for (const [file, text] of Object.entries(files)) await writeFile(join(cwd, file), text);
  expect(await taskgen([], { cwd })).toMatchObject({ code: 0, stderr: "" });
  return cwd;
}

const add = async (cwd: string): Promise<string> =>
  (await taskgen(["call", "add", "4", "4", "--wait", "--timeout", "15s"], { cwd })).stdout;

describe("the pool of a worker", () => {
  it("is processes, which are replaced and stop with it", async () => {
    const cwd = await generated();
    const flags = ["--processes", "2", "--max-tasks-per-child", "1", "--max-memory-per-child", "1GB"];
    const worker = startTaskgen(["worker", "--pool", "processes", ...flags], { cwd });
    await textLine(worker, "Worker ready");
    expect(worker.lines).toContain("   pool:        2 processes, 20 tasks at once");
    expect([await add(cwd), await add(cwd)]).toEqual(["8\n", "8\n"]);
    worker.signal("SIGTERM");
    expect(await within("the worker's end", worker.exited)).toEqual({ code: 0, signal: null });
    expect(worker.stderr).toBe("");
  });

  it("grows and shrinks, and has its own set-up", async () => {
    const setup = `import { appendFileSync } from "node:fs";
      const note = (line: string) => appendFileSync("setup.log", line + "\\n");
      export const setUp = () => note("up");
      export const tearDown = () => note("down");`;
    const config = 'export default { worker: { setup: "src/database.ts" } };\n';
    const cwd = await generated({ "src/database.ts": setup, "taskgen.config.mjs": config });
    const worker = startTaskgen(["worker", "--autoscale", "3,1"], { cwd });
    await textLine(worker, "Worker ready");
    expect(worker.lines).toContain("   pool:        1 to 3 threads, 30 tasks at once");
    expect(await add(cwd)).toBe("8\n");
    worker.signal("SIGINT");
    expect(await within("the worker's end", worker.exited)).toEqual({ code: 0, signal: null });
    expect(await readFile(join(cwd, "setup.log"), "utf8")).toBe("up\ndown\n");
  });

  it("is that of `taskgen dev` too", async () => {
    const cwd = await generated();
    const flags = ["--autoscale", "2", "--max-memory-per-child", "1.5GB", "--max-tasks-per-child", "100"];
    const dev = startTaskgen(["dev", "--pool", "processes", ...flags], { cwd });
    await textLine(dev, "Worker ready");
    expect(dev.lines).toContain("   pool:        1 to 2 processes, 20 tasks at once");
    dev.signal("SIGINT");
    expect(await within("the end", dev.exited)).toEqual({ code: 0, signal: null });
  });

  it.each([
    [["--autoscale", "1,3"], "the most comes first"],
    [["--autoscale", "many"], "such as 8,1"],
    [["--max-memory-per-child", "512"], "such as 800kB, 512MB or 1.5GB"],
    [["--max-tasks-per-child", "0"], "Give a whole number from 1"],
    [["--pool", "prefork"], "Allowed choices are threads, processes, inline"],
    [["--pool", "processes", "--threads", "2"], "[OPTION_INVALID] threads has no meaning with the pool processes"],
  ])("refuses %j", async (flags, message) => {
    const cwd = await generated();
    const { code, stderr } = await taskgen(["worker", ...flags], { cwd });
    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
  });
});
