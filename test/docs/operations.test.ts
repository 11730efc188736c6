import { execFile } from "node:child_process";
import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { copyProject, startTaskgen, taskgen, textLine } from "../support/taskgen-command.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";
import { commands, manifest, page, patience, setting } from "./manifests.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const run = promisify(execFile);

/** Flags of other programs that the page names. */
const FOREIGN = new Set(["--from", "--omit", "--init", "--stop-timeout", "--start-period", "--max-old-space-size"]);

const flagsIn = (text: string): string[] => text.match(/(?<![\w-])--[a-z][a-z-]*/g) ?? [];

async function flagsOf(verb: string): Promise<ReadonlySet<string>> {
  const { stdout } = await taskgen([...verb.split(" "), "--help"], { cwd: root });
  return new Set(flagsIn(stdout));
}

/** A project that was compiled to `dist`. */
async function compiledProject(): Promise<string> {
  const cwd = await copyProject(new URL("../cli/fixtures/compiled/", import.meta.url));
  await mkdir(join(cwd, "dist/_generated"), { recursive: true });
  await cp(join(cwd, "registry.js"), join(cwd, "dist/_generated/registry.js"));
  return cwd;
}

describe("docs/operations.md", () => {
  it("names only flags that its verbs have", async () => {
    const called = Array.from(page.matchAll(/taskgen (worker|check|queues|doctor|generate)([^`\n|]*)/g));
    expect(called.length).toBeGreaterThan(8);
    for (const [, verb, rest] of called) {
      const known = await flagsOf(verb!);
      expect(flagsIn(rest!).filter((flag) => !known.has(flag))).toEqual([]);
    }
    const all = new Set(
      (await Promise.all(["worker", "check", "queues", "generate", "dlq replay", "dlq purge"].map(flagsOf))).flatMap(
        (of) => [...of],
      ),
    );
    expect(flagsIn(page).filter((flag) => !all.has(flag) && !FOREIGN.has(flag))).toEqual([]);
  });

  it.each(Object.keys(commands))("%s starts a worker that ends with 0", async (file) => {
    const [command, ...args] = commands[file]!();
    expect(command).toMatch(/(^|^\/srv\/app\/)node_modules\/\.bin\/taskgen$/);
    // any free port, and a broker that every machine has
    const quiet = args
      .join(" ")
      .replace(/--health-port[= ]\d+/, "--health-port=0")
      .split(" ")
      .concat("--broker=sqlite:tasks.db");
    const worker = startTaskgen(quiet, { cwd: await compiledProject() });
    await worker.line("the worker is ready", (line) =>
      JSON.stringify(line).includes("Worker ready") ? true : undefined,
    );
    worker.signal("SIGTERM");
    expect(await within("the worker's end", worker.exited)).toEqual({ code: 0, signal: null });
  });

  it.each(Object.keys(patience))("%s waits for longer than the grace period and what follows it", (file) => {
    const grace = /--grace[= ](\d+)s/.exec(manifest(file))!;
    expect(patience[file]!()).toBeGreaterThan(Number(grace[1]) + 15);
  });

  it("has probes that the worker answers, each with its own meaning", async () => {
    const yaml = manifest("worker.yaml");
    const path = (probe: string): string => new RegExp(`${probe}:\\s+httpGet: { path: (\\S+),`).exec(yaml)![1]!;
    expect([path("readinessProbe"), path("livenessProbe")]).toEqual(["/health", "/livez"]);
    const options = ["--registry", "registry.js", "--broker", "sqlite:tasks.db", "--health-port", "0"];
    const worker = startTaskgen(["worker", ...options], { cwd: await compiledProject() });
    const url = /http:\S+/.exec(await textLine(worker, "Health is answered on"))![0];
    await textLine(worker, "Worker ready");
    for (const probe of ["readinessProbe", "livenessProbe"])
      expect((await fetch(new URL(path(probe), url))).status).toBe(200);
    const health = JSON.parse(/^HEALTHCHECK .* CMD (.*)$/m.exec(manifest("Dockerfile"))![1]!) as string[];
    await run(process.execPath, [health[1]!, health[2]!.replace("http://127.0.0.1:8080/health", url)]);
  });

  it("lets systemd and supervisord signal the worker alone", () => {
    expect(setting(manifest("taskgen-worker.service"), "KillMode")).toBe("mixed");
    expect(setting(manifest("taskgen-worker.conf"), "stopasgroup")).toBe("false");
  });

  it("has TypeScript that compiles", async () => {
    const folder = await tempDir();
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    await writeFile(join(folder, "package.json"), '{ "type": "module" }');
    const blocks = Array.from(page.matchAll(/^```ts\n([\s\S]*?)^```$/gm), ([, code]) => code!);
    expect(blocks.length).toBeGreaterThan(0);
    const files = blocks.map((_, i) => join(folder, `block${i}.ts`));
    for (const [i, file] of files.entries()) await writeFile(file, blocks[i]!);
    const flags = [
      "--noEmit",
      "--strict",
      "--module",
      "nodenext",
      "--target",
      "es2023",
      "--skipLibCheck",
      "--types",
      "node",
    ];
    await run(join(root, "node_modules/.bin/tsc"), [...flags, ...files], { cwd: folder });
  });
});
