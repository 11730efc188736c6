import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import type { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { admin } from "../postgres/opening.js";
import { brokerUrl } from "../support/brokers.js";
import { spawnChild, type Child } from "../support/child.js";
import { eventually } from "../support/eventually.js";
import { namespace } from "../support/namespace.js";
import { PackedInstall } from "../support/packed-install.js";
import { RedisServer } from "../support/redis-server.js";
import { startTaskgen, taskgen, textLine } from "../support/taskgen-command.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";

const MINUTE = 60_000;
/** Each of these places its orders under names of its own; every fifth is rolled back. */
const COUNT = 200;

let install: PackedInstall;
let cwd: string;
beforeAll(async () => {
  install = await PackedInstall.create();
  cwd = await install.example("outbox");
  expect(await taskgen([], { cwd, bin: install.bin })).toMatchObject({ code: 0, stderr: "" });
  // n.b. as a deployment would: to compile it at each start takes longer than what it does
  await build({
    entryPoints: [join(cwd, "src/**/*.ts")],
    outdir: join(cwd, "js"),
    outbase: join(cwd, "src"),
    format: "esm",
  });
}, MINUTE);
afterAll(() => install[Symbol.asyncDispose]());

type Env = Readonly<Record<string, string>>;
type Broker = "redis" | "sqlite";

/** A database of its own, and where its tasks are sent. */
async function scene(broker: Broker): Promise<{ readonly env: Env; readonly client: Client }> {
  const url = new URL(brokerUrl("postgres"));
  const server = await admin(url.href);
  url.pathname = `/${namespace("outbox").replace("-", "_")}`;
  await server.query(`CREATE DATABASE ${url.pathname.slice(1)}`);
  onTestFinished(async () => void (await server.query(`DROP DATABASE ${url.pathname.slice(1)} WITH (FORCE)`)));
  const where = broker === "redis" ? (await RedisServer.start()).url : `sqlite:${join(await tempDir(), "tasks.db")}`;
  return { env: { DATABASE_URL: url.href, TASKGEN_BROKER_URL: where }, client: await admin(url.href) };
}

const start = (file: string, env: Env, ...args: string[]): Child =>
  spawnChild(pathToFileURL(join(cwd, file)), { cwd, env, args });

async function placed(env: Env, batch: string, file = "js/main.js"): Promise<void> {
  const { exited } = start(file, env, batch, `${COUNT}`);
  expect(await within(`the orders of ${batch}`, exited, MINUTE)).toMatchObject({ code: 0 });
}

async function startRelay(env: Env, file = "js/relay.js"): Promise<Child> {
  const relay = start(file, env);
  await textLine(relay, "relay ready");
  return relay;
}

async function column(client: Client, query: string): Promise<unknown[]> {
  const { rows } = await client.query<{ value: unknown }>(query);
  return rows.map(({ value }) => value);
}

/** Every committed order has had its receipt, each once; no other has. */
async function allReceipts(client: Client, orders: number): Promise<void> {
  await eventually(async () => (await column(client, "SELECT order_id AS value FROM receipts")).length >= orders, {
    what: "all receipts",
    within: MINUTE,
    every: 50,
  });
  const ids = await column(client, "SELECT id AS value FROM orders ORDER BY id");
  expect(ids.length).toBe(orders);
  expect(await column(client, "SELECT order_id AS value FROM receipts ORDER BY order_id")).toEqual(ids);
  expect(await column(client, "SELECT DISTINCT runs AS value FROM receipts")).toEqual([1]);
  const isEmpty = async (): Promise<boolean> => (await column(client, "SELECT id AS value FROM outbox")).length === 0;
  await eventually(isEmpty, { what: "an empty outbox" });
}

describe.each<Broker>(["redis", "sqlite"])("an outbox before %s", (broker) => {
  it(
    "sends what was committed and nothing else, though relays are killed while they work",
    async () => {
      const { env, client } = await scene(broker);
      const worker = startTaskgen(["worker", "--threads", "1"], { cwd, env, bin: install.bin });
      const batches = ["first", "second", "third"];
      for (const batch of batches) {
        const relay = await startRelay(env);
        const placing = placed(env, batch);
        await textLine(relay, "sent ");
        await relay.kill();
        await placing;
      }
      const [one, two] = [await startRelay(env), await startRelay(env)];
      await allReceipts(client, batches.length * (COUNT - COUNT / 5));
      for (const child of [one, two, worker]) {
        child.signal("SIGTERM");
        expect(await within("the end", child.exited)).toEqual({ code: 0, signal: null });
      }
    },
    3 * MINUTE,
  );

  it(
    "sends again with the same ids what a killed relay had sent but not removed",
    async () => {
      const { env, client } = await scene(broker);
      const worker = startTaskgen(["worker", "--threads", "1"], { cwd, env, bin: install.bin });
      await placed(env, "first");
      // n.b. rows can be read and locked, but not removed
      await client.query("BEGIN");
      await client.query("LOCK TABLE outbox IN SHARE MODE");
      const relay = await startRelay(env);
      const isRunning = async (): Promise<boolean> =>
        (await column(client, "SELECT 1 AS value FROM receipts")).length > 0;
      await eventually(isRunning, { what: "the first receipt", within: MINUTE });
      await relay.kill();
      await client.query("ROLLBACK");
      expect((await column(client, "SELECT id AS value FROM outbox")).length).toBe(COUNT - COUNT / 5);
      const next = await startRelay(env);
      await allReceipts(client, COUNT - COUNT / 5);
      for (const child of [next, worker]) {
        child.signal("SIGTERM");
        expect(await within("the end", child.exited)).toEqual({ code: 0, signal: null });
      }
    },
    3 * MINUTE,
  );
});

it(
  "keeps what can never be sent, with the reason, and sends the rest",
  async () => {
    const { env, client } = await scene("sqlite");
    const relay = await startRelay(env, "src/relay.ts");
    await client.query(`INSERT INTO outbox (task, args) VALUES ('gone', '[]')`);
    await placed(env, "first", "src/main.ts");
    const left = async (): Promise<boolean> => (await column(client, "SELECT 1 AS value FROM outbox")).length === 1;
    await eventually(left, { what: "an outbox with one row" });
    expect(await column(client, "SELECT error AS value FROM outbox")).toEqual(["there is no task gone"]);
    relay.signal("SIGTERM");
    expect(await within("the end", relay.exited)).toEqual({ code: 0, signal: null });
  },
  MINUTE,
);
