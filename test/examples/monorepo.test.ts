import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { spawnChild, type Child } from "../support/child.js";
import { PackedMonorepo, type Checkout } from "../support/packed-monorepo.js";
import { startTaskgen, taskgen, textLine, type CommandResult } from "../support/taskgen-command.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const README = join(root, "examples/monorepo/README.md");
const TASKS = "src/tasks/orders.task.ts";
const MINUTE = 60_000;

let monorepo: PackedMonorepo;
beforeAll(async () => void (monorepo = await PackedMonorepo.create()), MINUTE);
afterAll(() => monorepo[Symbol.asyncDispose]());

const command = (cwd: string, ...args: string[]): Promise<CommandResult> => taskgen(args, { cwd, bin: monorepo.bin });

it(
  "the server and the reports call the tasks of the worker",
  async () => {
    const main = await monorepo.checkout("running");
    const orders = main.path("orders");
    expect(await command(orders)).toMatchObject({ code: 0, stderr: "" });
    const env = { TASKGEN_BROKER_URL: `sqlite:${join(await tempDir(), "tasks.db")}` };
    const worker = startTaskgen(["worker", "--threads", "1"], { cwd: orders, env, bin: monorepo.bin });
    await textLine(worker, "Worker ready");

    const reports = start(main, "reports", env);
    expect(await within("the end of the reports", reports.exited)).toEqual({ code: 0, signal: null });
    expect(reports.lines).toEqual(["2026-03-01  2 orders  35.70 EUR", "2026-03-02  1 order   49.80 EUR"]);

    const web = start(main, "web", { ...env, PORT: "0" });
    await takesOrders((await textLine(web, "listening on ")).replace("listening on ", ""));
    for (const child of [web, worker]) {
      child.signal("SIGTERM");
      expect(await within("the end", child.exited)).toEqual({ code: 0, signal: null });
    }
    expect([reports.stderr, web.stderr]).toEqual(["", ""]);
  },
  MINUTE,
);

function start(main: Checkout, name: "web" | "reports", env: Record<string, string>): Child {
  return spawnChild(pathToFileURL(main.path(name, "src/main.ts")), { cwd: main.path(name), env });
}

async function takesOrders(url: string): Promise<void> {
  const order = async (query: string): Promise<readonly [number, unknown]> => {
    const response = await fetch(`${url}/orders?${query}`, { method: "POST" });
    return [response.status, await response.json()];
  };
  const receipt = { order: expect.any(String) as string, cents: 2580, placedAt: expect.any(String) as string };
  expect(await order("item=mug&quantity=2")).toEqual([200, receipt]);
  expect(await order("item=yacht")).toEqual([404, { error: "yacht is not for sale", item: "yacht" }]);
  expect((await order("item=mug&quantity=some"))[0]).toBe(400);
}

it(
  "turbo generates and compiles all of them, and does nothing the second time",
  async () => {
    const main = await monorepo.checkout("turbo");
    const tasks = ["build", "generate", "typecheck"];
    expect(await turbo(main.folder, ...tasks)).toMatch(/4 successful, 4 total\s+Cached: +0 cached/);
    expect(await turbo(main.folder, ...tasks)).toMatch(/4 successful, 4 total\s+Cached: +4 cached/);

    expect(await misses(main, "orders", "README.md")).toEqual([]);
    const OWN = ["@shop/orders#generate", "@shop/orders#typecheck", "@shop/web#typecheck"];
    expect(await misses(main, "orders", "src/order.ts")).toEqual(OWN);
    expect(await misses(main, "orders", "tasks.contract.json")).toEqual(OWN);
    expect(await misses(main, "orders-contract", "index.d.ts")).toEqual(["@shop/reports#typecheck"]);
  },
  2 * MINUTE,
);

async function turbo(cwd: string, ...args: string[]): Promise<string> {
  const own = Object.entries(process.env).filter(([name]) => !/^(TURBO|npm)_/i.test(name));
  const env = { ...Object.fromEntries(own), TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" };
  const bin = join(root, "node_modules/turbo/bin/turbo");
  const { stdout } = await run(process.execPath, [bin, "run", ...args], { cwd, env, timeout: MINUTE });
  return stdout;
}

interface DryRun {
  readonly tasks: readonly { readonly taskId: string; readonly command: string; readonly cache: { status: string } }[];
}

/** What turbo would do once there is another line in a file. */
async function misses(main: Checkout, ...[name, file]: Parameters<Checkout["path"]>): Promise<string[]> {
  const path = main.path(name, file);
  const before = await readFile(path, "utf8").catch(() => "");
  await writeFile(path, `${before}\n`);
  const { tasks } = JSON.parse(await turbo(main.folder, "generate", "typecheck", "--dry=json")) as DryRun;
  await writeFile(path, before);
  const real = tasks.filter(({ command: script, cache }) => script !== "<NONEXISTENT>" && cache.status === "MISS");
  return real.map(({ taskId }) => taskId).toSorted();
}

it(
  "the committed contract and the portable package are what the tasks say",
  async () => {
    const main = await monorepo.checkout("current");
    const orders = main.path("orders");
    expect(await command(orders)).toMatchObject({ code: 0 });
    expect(await command(orders, "check")).toMatchObject({ code: 0, stderr: "" });
    expect(await command(orders, "contract", "build", "--out", "../now")).toMatchObject({ code: 0, stderr: "" });
    const written = await contents(join(orders, "../now"));
    expect(written.map(([name]) => name)).toEqual(["index.d.ts", "index.js", "package.json", "tasks.contract.json"]);
    expect(written).toEqual(await contents(main.path("orders-contract")));
  },
  MINUTE,
);

async function contents(folder: string): Promise<(readonly [string, string])[]> {
  const names = (await readdir(folder)).toSorted();
  return Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const));
}

it(
  "the README's breaking change is caught, and its two ways out are ways out",
  async () => {
    const [change, compatible, translated] = await blocks("diff");
    const [, caught, accepted] = await blocks("console");
    const main = await monorepo.checkout("changed");
    const orders = main.path("orders");
    const write = (text: string): Promise<void> => writeFile(main.path("orders", TASKS), text);
    const broken = apply(await readFile(main.path("orders", TASKS), "utf8"), change);

    await write(broken);
    expect(await command(orders)).toMatchObject({ code: 0 });
    await expect(compile(main.path("web"))).rejects.toMatchObject({
      stdout: expect.stringContaining("Expected 2 arguments, but got 1") as string,
    });
    expect(await transcript(orders, caught)).toEqual({ text: caught, codes: [3] });
    expect(await command(orders, "accept")).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('parameter "express" was added and is required') as string,
    });

    await write(apply(broken, compatible));
    expect(await transcript(orders, accepted)).toEqual({ text: accepted, codes: [0, 0] });
    await compile(main.path("web"));

    await main.restore();
    await write(apply(broken, translated));
    await compile(orders);
    expect(await command(orders, "accept")).toMatchObject({ code: 0, stderr: "" });
    expect(await command(orders, "check", "--against", "main")).toMatchObject({ code: 0, stderr: "" });
  },
  2 * MINUTE,
);

const compile = (project: string): Promise<unknown> =>
  run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", project, "--noEmit"]);

/** The README's blocks of a language. */
async function blocks(language: string): Promise<string[]> {
  const found = (await readFile(README, "utf8")).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm);
  return Array.from(found).flatMap(([, name, text = ""]) => (name === language ? [text] : []));
}

/** A text in which the lines of a diff are replaced. */
function apply(text: string, diff = ""): string {
  const lines = (sign: string): string =>
    diff
      .split("\n")
      .flatMap((line) => (line.startsWith(sign) ? [line.slice(1)] : []))
      .join("\n");
  expect(text).toContain(lines("-"));
  return text.replace(lines("-"), () => lines("+"));
}

/** The commands of a console block again, with what they print, and their exit codes. */
async function transcript(cwd: string, block = ""): Promise<{ readonly text: string; readonly codes: unknown[] }> {
  const codes: unknown[] = [];
  const texts: string[] = [];
  for (const [line, args = ""] of block.matchAll(/^\$ npx taskgen (.*)$/gm)) {
    const { code, stdout, stderr } = await command(cwd, ...args.split(" "));
    codes.push(code);
    texts.push(`${line}\n${stdout}${stderr}`);
  }
  return { text: texts.join("\n"), codes };
}
