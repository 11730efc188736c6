import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Child } from "../support/child.js";
import { eventually } from "../support/eventually.js";
import { copyProject, startTaskgen, taskgen, textLine } from "../support/taskgen-command.js";
import { within } from "../support/within.js";

const PROJECT = new URL("fixtures/project/", import.meta.url);

const module = (body: string): string => `import { task } from "@taskgen/core";\n${body}\n`;
const write = (cwd: string, name: string, body: string): Promise<void> =>
  writeFile(join(cwd, `src/tasks/${name}.task.ts`), module(body));

/** The process of the n-th worker, once it takes tasks. */
const readyWorker = (dev: Child, nth: number): Promise<number> =>
  dev.line(
    `worker ${nth}`,
    (_line) => {
      const texts = dev.lines.map(String);
      if (texts.filter((text) => text.includes("Worker ready")).length < nth) return undefined;
      return Number(/\(process (\d+)\)/.exec(texts.findLast((text) => text.includes("(process ")) ?? "")?.[1]);
    },
    20_000,
  );

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** The result of a call from the shell. */
const call = async (cwd: string, ...args: string[]): Promise<string> =>
  (await taskgen(["call", ...args, "--wait", "--timeout", "15s"], { cwd })).stdout;

describe("taskgen dev", () => {
  it("generates, runs the tasks, and again after a change; Ctrl-C ends all", async () => {
    const cwd = await copyProject(PROJECT);
    const dev = startTaskgen(["dev", "--threads", "1"], { cwd });
    const first = await readyWorker(dev, 1);
    expect(await call(cwd, "add", "4", "4")).toBe("8\n");
    await write(cwd, "triple", "export const triple = task((x: number) => 3 * x);");
    const second = await readyWorker(dev, 2);
    expect(await call(cwd, "triple", "4")).toBe("12\n");
    expect(isRunning(first)).toBe(false);
    dev.signal("SIGINT");
    expect(await within("the end", dev.exited)).toEqual({ code: 0, signal: null });
    expect(isRunning(second)).toBe(false);
    expect(dev.stderr).toBe("");
  });

  it("lets the worker finish what it runs before the next one starts", async () => {
    const cwd = await copyProject(PROJECT);
    const dev = startTaskgen(["dev", "--threads", "1"], { cwd });
    await readyWorker(dev, 1);
    const gate = join(cwd, "gate");
    const held = call(cwd, "hold", JSON.stringify(gate));
    await textLine(dev, ": holding");
    await write(cwd, "triple", "export const triple = task((x: number) => 3 * x);");
    await textLine(dev, "Warm shutdown");
    await writeFile(gate, "");
    expect(await held).toBe('"released"\n');
    await readyWorker(dev, 2);
    expect(dev.lines.filter((line) => String(line).includes(": holding"))).toHaveLength(1);
  });

  it("goes on with the code it has while the tasks have errors, and starts again a worker that ended", async () => {
    const cwd = await copyProject(PROJECT);
    const dev = startTaskgen(["dev", "--threads", "1"], { cwd });
    await readyWorker(dev, 1);
    await write(cwd, "twice", "export const add = task((x: number) => x);");
    await textLine(dev, "error TG1003");
    expect(await call(cwd, "add", "4", "4")).toBe("8\n");
    await write(cwd, "twice", 'throw new Error("not yet");\nexport const twice = task((x: number) => 2 * x);');
    await eventually(() => dev.stderr.includes("the worker ended with 1; it starts again after the next change"));
    await write(cwd, "twice", "export const twice = task((x: number) => 2 * x);");
    await readyWorker(dev, 2);
    expect(await call(cwd, "twice", "4")).toBe("8\n");
  });

  it("leaves no worker behind when it is killed", async () => {
    const cwd = await copyProject(PROJECT);
    const dev = startTaskgen(["dev", "--threads", "1"], { cwd });
    const worker = await readyWorker(dev, 1);
    dev.signal("SIGKILL");
    await eventually(() => !isRunning(worker), { what: "the worker's end" });
  });
});

describe("taskgen generate --watch", () => {
  it("generates after every change, of the configuration as well, until it is told to stop", async () => {
    const cwd = await copyProject(PROJECT);
    const watch = startTaskgen(["generate", "--watch"], { cwd });
    await textLine(watch, "8 tasks: src/_generated/client.ts written");
    await write(cwd, "triple", "export const triple = task((x: number) => 3 * x);");
    await textLine(watch, "9 tasks: src/_generated/client.ts written");
    await writeFile(join(cwd, "taskgen.config.mjs"), 'export default { outDir: "src/out" };\n');
    await textLine(watch, "9 tasks: src/out/client.ts written");
    watch.signal("SIGINT");
    expect(await within("the end", watch.exited)).toEqual({ code: 0, signal: null });
  });

  it("cannot be a check at the same time", async () => {
    const cwd = await copyProject(PROJECT);
    expect(await taskgen(["generate", "--watch", "--check"], { cwd })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("[USAGE] ") as string,
    });
  });
});
