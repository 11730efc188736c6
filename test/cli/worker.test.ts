import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "@taskgen/codegen";
import { createApp, type App } from "@taskgen/core";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Child } from "../support/child.js";
import { copyProject, eventLine, startTaskgen, taskgen, textLine } from "../support/taskgen-command.js";
import { within } from "../support/within.js";

const PROJECT = new URL("fixtures/project/", import.meta.url);
const COMPILED = new URL("fixtures/compiled/", import.meta.url);
const STAMP = String.raw`\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}: `;

/** A generated project with a worker of one thread that runs it. */
async function startWorker(
  ...args: string[]
): Promise<{ readonly cwd: string; readonly worker: Child; readonly app: App }> {
  const cwd = await copyProject(PROJECT);
  await generate({ cwd, config: {} });
  return { cwd, worker: startTaskgen(["worker", "--threads", "1", ...args], { cwd }), app: appOf(cwd) };
}

/** The app of callers in a folder; closed after the test. */
function appOf(cwd: string): App {
  const app = createApp({ broker: `sqlite:${cwd}/.taskgen/tasks.db` });
  onTestFinished(() => app.close());
  return app;
}

/** Calls a task and waits until it has ended. */
const call = async (app: App, name: string, ...args: unknown[]): Promise<unknown> =>
  (await app.sendUnchecked(name, args)).settled({ timeout: "60s" });

const textOf = (worker: Child): string => worker.lines.map(String).join("\n");

/** The exit code of a worker that is told to stop. */
async function stop(worker: Child): Promise<number | null> {
  worker.signal("SIGTERM");
  return (await within("the worker's end", worker.exited)).code;
}

describe("taskgen worker", () => {
  it("shows a banner, and lines like Celery's without arguments", async () => {
    const { cwd, worker, app } = await startWorker();
    await textLine(worker, "Worker ready");
    await call(app, "add", 4, 4);
    await call(app, "boom", "no secret");
    await call(app, "decline", "limit");
    await call(app, "again");
    await call(app, "inventory");
    await call(app, "long", 5000);
    expect(await stop(worker)).toBe(0);
    const text = textOf(worker);
    expect(text).toMatch(/ taskgen \d+\.\d+\.\d+ worker on /);
    expect(text).toContain(`   broker:      sqlite:${cwd}/.taskgen/tasks.db\n   survives:    process crash`);
    expect(text).toContain("   pool:        1 thread, 10 tasks at once\n");
    expect(text).toContain(" [queues]\n   default\n");
    expect(text).toContain(" [tasks]\n   add\n   again\n   boom\n");
    const line = (level: string, rest: string): RegExp => new RegExp(`^${STAMP}${level}/MainProcess\\] ${rest}$`, "m");
    expect(text).toMatch(line("INFO", String.raw`Task add\[[\w-]{36}\] received`));
    expect(text).toMatch(line("INFO", String.raw`Task add\[[\w-]{36}\] succeeded in \d+\.\d+s: 8`));
    expect(text).toMatch(
      new RegExp(
        `^${STAMP}ERROR/MainProcess\\] Task boom\\[[\\w-]{36}\\] raised unexpected: RangeError\\("no secret"\\)\nRangeError: no secret\n +at `,
        "m",
      ),
    );
    expect(text).toMatch(line("INFO", String.raw`Task decline\[[\w-]{36}\] raised expected: Declined\("limit"\)`));
    expect(text).toMatch(line("INFO", String.raw`Task again\[[\w-]{36}\] retry: Retry in 0\.01s: Error\("503"\)`));
    expect(text).toMatch(
      line("INFO", String.raw`Task inventory\[[\w-]{36}\] succeeded in \d+\.\d+s: Map\(1\) \{ 'apples' => 3n \}`),
    );
    expect(text).toMatch(line("INFO", String.raw`Task long\[[\w-]{36}\] succeeded in \d+\.\d+s: "x{1023}…`));
    expect(worker.stderr).toBe("");
  });

  it("-Q takes weights, and shows what the app says of queues", async () => {
    const { worker } = await startWorker("-Q", "mail=2.5,default");
    await textLine(worker, "Worker ready");
    expect(textOf(worker)).toContain(" [queues]\n   mail (weight 2.5)\n   default\n");
    expect(await stop(worker)).toBe(0);
    const cwd = await copyProject(PROJECT);
    expect((await taskgen(["worker", "-Q", "mail=0"], { cwd })).stderr).toContain("The weight of mail must be");
  });

  it("--json writes one object per line, the banner included", async () => {
    const { worker, app } = await startWorker("--json");
    expect(await eventLine(worker, "worker-started")).toMatchObject({
      pool: "threads",
      threads: 1,
      queues: ["default"],
    });
    await call(app, "add", 4, 4);
    expect(await eventLine(worker, "task-succeeded")).toMatchObject({ level: "info", task: "add", result: "8" });
    expect(await stop(worker)).toBe(0);
    expect(worker.lines.every((line) => typeof line === "object" && line !== null && "time" in line)).toBe(true);
    expect(worker.lines.at(-1)).toMatchObject({ event: "worker-stopped" });
  });

  it("at level warn says nothing of tasks that do what they should", async () => {
    const { worker, app } = await startWorker("--json", "-l", "warn");
    await call(app, "add", 4, 4);
    await call(app, "decline", "limit");
    await call(app, "boom", "bad");
    expect(await eventLine(worker, "task-failed")).toMatchObject({ level: "error", error: 'RangeError("bad")' });
    expect(await stop(worker)).toBe(0);
    expect(worker.lines.map((line) => (line as { readonly event: string }).event)).toEqual([
      "worker-started",
      "task-failed",
    ]);
  });

  it("finishes what runs on SIGTERM, then exits with 0", async () => {
    const { cwd, worker, app } = await startWorker();
    const gate = join(cwd, "gate");
    const held = await app.sendUnchecked("hold", [gate]);
    expect(await textLine(worker, ": holding")).toContain(`hold[${held.id}]: holding`);
    worker.signal("SIGTERM");
    await textLine(worker, "Warm shutdown (SIGTERM)");
    await writeFile(gate, "");
    expect(await within("the worker's end", worker.exited)).toEqual({ code: 0, signal: null });
    expect(await held.get({ timeout: "60s" })).toBe("released");
  });

  it("exits with 1 when the grace period is over, and the task runs again", async () => {
    const { cwd, worker, app } = await startWorker("--grace", "50ms");
    const gate = join(cwd, "gate");
    const held = await app.sendUnchecked("hold", [gate]);
    await textLine(worker, ": holding");
    expect(await stop(worker)).toBe(1);
    const next = startTaskgen(["worker", "--threads", "1"], { cwd });
    await textLine(next, ": holding");
    await writeFile(gate, "");
    expect(await held.get({ timeout: "60s" })).toBe("released");
    expect(await stop(next)).toBe(0);
  });

  it.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
  ] as const)("a second %s ends it at once with %d", async (signal, code) => {
    const { cwd, worker, app } = await startWorker();
    await app.sendUnchecked("hold", [join(cwd, "gate")]);
    await textLine(worker, ": holding");
    worker.signal(signal);
    await textLine(worker, `Warm shutdown (${signal})`);
    worker.signal(signal);
    expect(await within("the worker's end", worker.exited)).toEqual({ code, signal: null });
    expect(textOf(worker)).toContain(`Cold shutdown (${signal})`);
  });

  it("logs an error that nothing caught and exits with 1", async () => {
    const { worker, app } = await startWorker("--pool", "inline");
    await app.sendUnchecked("leak", []);
    expect(await within("the worker's end", worker.exited)).toEqual({ code: 1, signal: null });
    expect(textOf(worker)).toMatch(
      new RegExp(`^${STAMP}ERROR/MainProcess\\] Error: leaked\nError: leaked\n +at `, "m"),
    );
  });

  it("exits with 1 when a task's module cannot be loaded", async () => {
    const cwd = await copyProject(PROJECT);
    await writeFile(
      join(cwd, "src/tasks/broken.task.ts"),
      'import { task } from "@taskgen/core";\nexport const broken = task(() => 1);\nthrow new Error("no settings");\n',
    );
    await generate({ cwd, config: {} });
    const { code, stderr } = await taskgen(["worker", "--threads", "1"], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^taskgen: \[\w+\] .*broken.*no settings.*\n$/);
  });

  it("runs a compiled registry from the queues and the broker that are named", async () => {
    const cwd = await copyProject(COMPILED);
    const args = ["--broker", "sqlite:own.db", "--registry", "registry.js"];
    const worker = startTaskgen(["worker", "--threads", "1", "-Q", "mail,bulk", ...args], { cwd });
    await textLine(worker, "Worker ready");
    expect(textOf(worker)).toContain(` [queues]\n   mail\n   bulk\n`);
    expect(textOf(worker)).toContain(`   broker:      sqlite:${cwd}/own.db\n`);
    expect(
      await taskgen(["call", "add", "4", "4", "--broker", "sqlite:own.db", "--queue", "bulk", "--wait"], { cwd }),
    ).toMatchObject({
      code: 0,
      stdout: "8\n",
    });
    expect(await stop(worker)).toBe(0);
  });

  it("finds the folder of a configuration in TypeScript", async () => {
    const cwd = await copyProject(PROJECT);
    await writeFile(
      join(cwd, "taskgen.config.ts"),
      'import { defineConfig } from "taskgen";\nexport default defineConfig({ outDir: "src/out", app: "src/app.ts#own" });\n',
    );
    await writeFile(
      join(cwd, "src/app.ts"),
      'import { createApp } from "@taskgen/core";\nexport const own = createApp({ broker: "sqlite:own.db" as string, queue: "home" });\n',
    );
    expect((await taskgen([], { cwd })).stderr).toBe("");
    const worker = startTaskgen(["worker", "--threads", "1"], { cwd });
    await textLine(worker, "Worker ready");
    expect(textOf(worker)).toContain(`   broker:      sqlite:${cwd}/own.db\n`);
    expect(textOf(worker)).toContain("   registry:    src/out/registry.ts\n\n [queues]\n   home\n");
    expect(await taskgen(["call", "add", "2", "3", "--wait", "--timeout", "15s"], { cwd })).toMatchObject({
      stdout: "5\n",
    });
    expect(await stop(worker)).toBe(0);
    expect((await taskgen(["worker", "--broker", "memory:"], { cwd })).stderr).toContain("taskgen: [BROKER_FIXED] ");
  });

  it("never shows a password", async () => {
    const { cwd, worker } = await startWorker("--broker", "nosuch://bob:hunter2@broker/?password=hunter2");
    expect((await within("the worker's end", worker.exited)).code).toBe(1);
    expect(worker.stderr).toMatch(/^taskgen: \[BROKER_URL_INVALID\] .*\n$/);
    const config = "throw new Error('cannot read amqp://bob:hunter2@broker/?password=hunter2');\n";
    await writeFile(join(cwd, "taskgen.config.mjs"), config);
    const { stderr } = await taskgen(["worker"], { cwd });
    expect(stderr).toBe(
      "taskgen: [CONFIG_INVALID] the configuration taskgen.config.mjs cannot be loaded: cannot read amqp://bob:***@broker/?password=***\n",
    );
    expect(worker.stderr + stderr + textOf(worker)).not.toContain("hunter2");
  });

  it("says what is missing before it starts", async () => {
    const cwd = await copyProject(PROJECT);
    const { code, stderr } = await taskgen(["worker"], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^taskgen: \[REGISTRY_MISSING\] there is no src\/_generated\/registry\.ts in .*; run `npx taskgen` .*\n$/,
    );
    const production = await taskgen(["call", "add"], { cwd, env: { NODE_ENV: "production" } });
    expect(production).toMatchObject({ code: 1, stderr: expect.stringMatching(/^taskgen: \[\w+\] .*\n$/) as string });
  });
});
