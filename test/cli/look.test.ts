import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { brokerUrl } from "../support/brokers.js";
import { copyProject, taskgen } from "../support/taskgen-command.js";
import { tempDir } from "../support/temp-dir.js";

const PROJECT = new URL("fixtures/project/", import.meta.url);
const core = new URL("../../packages/core/", import.meta.url);

describe("taskgen list", () => {
  it("shows name, call, queue and place of every task, also as JSON", async () => {
    const cwd = await copyProject(PROJECT);
    await writeFile(
      join(cwd, "src/tasks/mail.task.ts"),
      'import { task } from "@taskgen/core";\n/** Sends. */\nexport const send = task({ queue: "mail" }, (to: string) => to);\n',
    );
    const { code, stdout } = await taskgen(["list"], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^task +call +queue +declared at\n/);
    expect(stdout).toMatch(/^send +tasks\.send +mail +src\/tasks\/mail\.task\.ts:3$/m);
    const json = await taskgen(["list", "--json"], { cwd });
    expect(JSON.parse(json.stdout)).toContainEqual({
      name: "send",
      call: "tasks.send",
      source: "src/tasks/mail.task.ts:3",
      export: "send",
      doc: "Sends.",
      options: { queue: "mail" },
    });
  });

  it("exits with 1 and shows what is wrong with the tasks", async () => {
    const cwd = await copyProject(PROJECT);
    await writeFile(join(cwd, "src/tasks/broken.task.ts"), "export const (\n");
    expect(await taskgen(["list"], { cwd })).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("error TG1001") as string,
    });
  });
});

describe("taskgen explain", () => {
  it("prints the long form of a finding, and all titles without a code", async () => {
    const cwd = await tempDir();
    const one = await taskgen(["explain", "tg2001"], { cwd });
    expect(one).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^TG2001: a function cannot travel\n\n/) as string,
    });
    const all = await taskgen(["explain"], { cwd });
    expect(all.stdout).toContain("TG1003  two tasks have one name\n");
    expect(all.stdout).toContain("TG3001  ");
  });

  it("knows no other codes", async () => {
    expect(await taskgen(["explain", "TG9999"], { cwd: await tempDir() })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("[USAGE] there is no code") as string,
    });
  });
});

describe("taskgen doctor", () => {
  it("finds nothing wrong with a project that was generated", async () => {
    const cwd = await copyProject(PROJECT);
    await taskgen([], { cwd });
    const { code, stdout } = await taskgen(["doctor"], { cwd });
    expect(stdout).toContain(`ok    Node ${process.versions.node}`);
    expect(stdout).toContain("ok    generated files are current");
    expect(stdout).toMatch(/^ok {4}broker: sqlite:.*tasks\.db$/m);
    expect(stdout).toMatch(/^ok {4}survives: process crash/m);
    expect(stdout).toMatch(/\nnothing is wrong\n$/);
    expect(code).toBe(0);
  });

  it.each([
    ["sqlite:./tasks.db", "its machine loses power +what was stored since the last checkpoint"],
    ["sqlite:./tasks.db?durability=power-loss", "its machine loses power +nothing$"],
    [brokerUrl("redis"), "it has no room left +nothing: calls are refused with BROKER_FULL$"],
    [
      brokerUrl("amqp"),
      "its machine is gone +nothing in a cluster of three nodes or more; on a single node everything",
    ],
    [`${brokerUrl("amqp")}?queueType=classic`, "its machine is gone +everything that was on its node"],
  ])("says what each failure takes from %s", async (broker, line) => {
    const cwd = await copyProject(PROJECT);
    const { stdout } = await taskgen(["doctor", "--broker", broker], { cwd });
    expect(stdout).toMatch(/^when +is lost$/m);
    expect(stdout).toMatch(/^a worker or a caller is killed +nothing: what it ran runs again$/m);
    expect(stdout).toMatch(new RegExp(`^${line}`, "m"));
  });

  it("tells of stale files and of a broker that does not answer", async () => {
    const cwd = await copyProject(PROJECT);
    const { code, stdout } = await taskgen(["doctor", "--broker", "redis://user:secret@127.0.0.1:1"], { cwd });
    expect(stdout).toContain("BAD   stale: src/_generated/client.ts, src/_generated/registry.ts; run `npx taskgen`");
    expect(stdout).toMatch(/^BAD {3}the broker redis:\/\/.*127\.0\.0\.1:1 does not answer/m);
    expect(stdout).not.toContain("secret");
    expect(stdout).toMatch(/\n2 things are wrong\n$/);
    expect(code).toBe(1);
  });

  it("tells of a store of results that does not answer, or refuses, and of one that does", async () => {
    const cwd = await copyProject(PROJECT);
    await taskgen([], { cwd });
    const doctor = (url: string) => taskgen(["doctor", "--result-backend", url], { cwd });
    const silent = await doctor("postgres://me:secret@127.0.0.1:1/app");
    expect(silent.stdout).toMatch(
      /^BAD {3}the store of results postgres:\/\/me:\*\*\*@127\.0\.0\.1:1\/app does not answer/m,
    );
    const url = new URL(brokerUrl("postgres"));
    const { stdout, code } = await doctor(url.href);
    expect(stdout).toContain(`ok    results: postgres://${url.host}${url.pathname}\n`);
    expect(code).toBe(0);
    url.password = "secret";
    const refused = await doctor(url.href);
    expect(refused.stdout).toMatch(/^BAD {3}.*password authentication failed.*check the user and the password/m);
    expect(silent.stdout + refused.stdout).not.toContain("secret");
  });

  it("tells of a package that is damaged, and looks on", async () => {
    const cwd = await copyProject(PROJECT);
    const app = join(cwd, "apps/one");
    await mkdir(join(app, "node_modules/typescript"), { recursive: true });
    await writeFile(join(app, "node_modules/typescript/package.json"), "{");
    await writeFile(join(app, "package.json"), '{ "type": "module" }');
    const { code, stdout } = await taskgen(["doctor"], { cwd: app });
    expect(stdout).toMatch(/^BAD {3}the package\.json of typescript in .* cannot be read; install it again$/m);
    expect(stdout).toMatch(/^ok {4}broker: sqlite:/m);
    expect(code).toBe(1);
  });

  it("tells of a package that is there twice", async () => {
    const cwd = await copyProject(PROJECT);
    const app = join(cwd, "apps/one");
    await mkdir(join(app, "node_modules/@taskgen/core"), { recursive: true });
    await cp(new URL("package.json", core), join(app, "node_modules/@taskgen/core/package.json"));
    await writeFile(join(app, "package.json"), '{ "type": "module" }');
    const { stdout } = await taskgen(["doctor"], { cwd: app });
    expect(stdout).toMatch(
      /^BAD {3}@taskgen\/core is installed 2 times: 0\.1\.0 in .*, 0\.1\.0 in .*; see `npm ls @taskgen\/core`$/m,
    );
  });
});
