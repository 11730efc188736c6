import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { brokerUrl } from "../support/brokers.js";
import { spawnChild } from "../support/child.js";
import { eventually } from "../support/eventually.js";
import { PackedInstall } from "../support/packed-install.js";
import { startTaskgen, taskgen, textLine } from "../support/taskgen-command.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

/** Where an example keeps its tasks and its results. */
const BROKERS: Readonly<Record<string, () => Promise<Record<string, string>>>> = {
  sqlite: async () => ({ TASKGEN_BROKER_URL: `sqlite:${join(await tempDir(), "tasks.db")}` }),
  redis: async () => ({ TASKGEN_BROKER_URL: brokerUrl("redis") }),
  amqp: async () => ({ TASKGEN_BROKER_URL: brokerUrl("amqp"), TASKGEN_RESULT_BACKEND: brokerUrl("redis") }),
};
const MINUTE = 60_000;

let install: PackedInstall;
beforeAll(async () => void (install = await PackedInstall.create()), MINUTE);
afterAll(() => install[Symbol.asyncDispose]());

/** An example in a folder where the packed packages are installed, with what is generated. */
async function prepare(name: string): Promise<string> {
  const cwd = await install.example(name);
  expect(await taskgen([], { cwd, bin: install.bin })).toMatchObject({ code: 0, stderr: "" });
  return cwd;
}

const main = (cwd: string): URL => pathToFileURL(join(cwd, "src/main.ts"));

describe.each(Object.entries(BROKERS))("with %s", (name, broker) => {
  it(
    "the quickstart adds, shows progress, compresses every file, and ends by itself",
    async () => {
      const cwd = await prepare("quickstart");
      // n.b. results of this broker come to the caller without a place that stores them
      const { TASKGEN_BROKER_URL = "" } = await broker();
      const child = spawnChild(main(cwd), { cwd, env: { TASKGEN_BROKER_URL } });
      const { code } = await within("the quickstart's end", child.exited, MINUTE);
      const text = child.lines.map(String).join("\n");
      expect({ code, text, stderr: child.stderr }).toMatchObject({ code: 0, stderr: "" });
      expect(text).toContain("  4 + 4 = 8");
      expect(text).toMatch(/100 % \((\d+) of \1 files\)\n+ {2}digest [0-9a-f]{16}/);
      expect(text).toMatch(/5 digests computed again here: all the same/);
      expect(text).toContain("The worker ended with 0");
      expect(text.includes(name === "sqlite" ? "sqlite:" : `${name}://`)).toBe(true);
    },
    2 * MINUTE,
  );

  it(
    "the web API answers with the result, or with a place to ask for it",
    async () => {
      const cwd = await prepare("web");
      const env = await broker();
      const worker = startTaskgen(["worker", "--threads", "1"], { cwd, env, bin: install.bin });
      const server = spawnChild(main(cwd), { cwd, env: { ...env, PORT: "0" } });
      await textLine(worker, "Worker ready");
      const url = (await textLine(server, "listening on ")).replace("listening on ", "");
      await answersWithResults(url);
      for (const child of [server, worker]) {
        child.signal("SIGTERM");
        expect(await within("the end", child.exited)).toEqual({ code: 0, signal: null });
      }
      expect(server.stderr).toBe("");
    },
    MINUTE,
  );
});

it(
  "five ways to try again log what the example's README shows",
  async () => {
    const cwd = await prepare("execution");
    const child = spawnChild(main(cwd), { cwd });
    expect(await within("the example's end", child.exited, MINUTE)).toEqual({ code: 0, signal: null });
    const text = child.lines.map(String).join("\n").trim();
    expect(text).toContain('Task fetchOften[…] retry: Retry in 5s: HttpError("503")');
    expect(await readFile(join(cwd, "README.md"), "utf8")).toContain(`\`\`\`text\n${text}\n\`\`\``);
  },
  MINUTE,
);

it(
  "tests of one's own tasks pass with vitest and with node:test",
  async () => {
    const cwd = await prepare("execution");
    // n.b. neither is to take itself for a part of this run
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VITEST|TEST|NODE_)/.test(name)));
    const vitest = join(install.folder, "node_modules/vitest/vitest.mjs");
    const node = promisify(execFile);
    const { stdout } = await node(process.execPath, [vitest, "run", "--no-color"], { cwd, env });
    expect(stdout).toMatch(/Tests +2 passed \(2\)/);
    const args = ["--import", "tsx", "--test", "--test-reporter", "tap", "src/retries.node-test.ts"];
    expect((await node(process.execPath, args, { cwd, env })).stdout).toMatch(/# pass 1\n# fail 0/);
  },
  MINUTE,
);

async function answersWithResults(url: string): Promise<void> {
  const post = (body: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${url}/primes`, { method: "POST", body, headers });
  const now = await post('{ "limit": 1000 }');
  expect([now.status, await now.json()]).toEqual([200, { id: expect.any(String) as string, value: 168 }]);

  const later = await post('{ "limit": 100 }', { prefer: "respond-async" });
  const { id } = (await later.json()) as { readonly id: string };
  expect([later.status, later.headers.get("location")]).toEqual([202, `/tasks/${id}`]);
  const ended = await eventually(async () => {
    const state = (await (await fetch(`${url}/tasks/${id}`)).json()) as { readonly state: string };
    return state.state === "PENDING" || state.state === "STARTED" ? undefined : state;
  });
  expect(ended).toEqual({ id, state: "SUCCESS", value: 25 });

  expect((await post('{ "limit": -1 }')).status).toBe(400);
  const failed = await post(`{ "limit": 10000001 }`);
  expect(failed.status).toBe(400);
}
