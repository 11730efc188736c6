import { join } from "node:path";
import { createApp, RejectTask, task, type Registry } from "@taskgen/core";
import { internalsOf } from "@taskgen/core/internal";
import { createWorker } from "@taskgen/worker";
import { describe, expect, it } from "vitest";
import { brokerUrl } from "../support/brokers.js";
import { namespace } from "../support/namespace.js";
import { taskgen, type CommandResult } from "../support/taskgen-command.js";
import { tempDir } from "../support/temp-dir.js";
import { deadLetters } from "../contract-run/dead-letters.js";

const URLS: Readonly<Record<string, () => Promise<string>>> = {
  sqlite: async () => `sqlite:${join(await tempDir(), "tasks.db")}`,
  redis: async () => brokerUrl("redis"),
  amqp: async () => brokerUrl("amqp"),
};

const tasks = (charge: (order: string) => string): Registry => ({
  url: import.meta.url,
  tasks: { charge: { source: "dlq.test.ts#charge", load: async () => task(charge) } },
});

/** What was given up: two orders that were refused. */
async function giveUp(broker: string, queue: string): Promise<readonly [first: string, second: string]> {
  await using app = createApp({ broker, queue });
  const refuse = (order: string): string => {
    throw new RejectTask(`no card for ${order}`);
  };
  await using worker = createWorker({ app, registry: tasks(refuse), pool: "inline" });
  await worker.start();
  const [first, second] = [
    await app.sendUnchecked("charge", ["order-1"]),
    await app.sendUnchecked("charge", ["order-2"]),
  ];
  await Promise.all([first.settled(), second.settled()]);
  await deadLetters(app, queue, 2);
  return [first.id, second.id];
}

/** A message that nobody can read. */
async function giveUpGarbage(broker: string, queue: string): Promise<void> {
  await using app = createApp({ broker, queue });
  const { transport } = await internalsOf(app).connection();
  const body = new TextEncoder().encode("no header");
  await transport.send([{ id: "garbage", queue, priority: 4, body }], AbortSignal.timeout(20_000));
  await using worker = createWorker({ app, registry: tasks(String), pool: "inline" });
  await worker.start();
  await deadLetters(app, queue, 3);
}

/** A worker that can do it now, for one result. */
async function runOnce(broker: string, queue: string, id: string): Promise<unknown> {
  await using app = createApp({ broker, queue, ...(broker.startsWith("amqp") && { backend: brokerUrl("redis") }) });
  await using worker = createWorker({ app, registry: tasks((order) => `charged ${order}`), pool: "inline" });
  await worker.start();
  return await app.result(id).get({ timeout: "60s" });
}

describe.each(Object.entries(URLS))("with %s", (_name, url) => {
  it("lists, shows, replays and purges dead letters", async () => {
    const [broker, cwd, queue] = [await url(), await tempDir(), namespace("queue")];
    const [first, second] = await giveUp(broker, queue);
    const dlq = (...args: string[]): Promise<CommandResult> => taskgen(["dlq", ...args, "--broker", broker], { cwd });
    const listed = async (): Promise<readonly { readonly id: string }[]> =>
      JSON.parse((await dlq("list", queue, "--json")).stdout) as { id: string }[];

    const rows = await listed();
    expect(rows.map(({ id }) => id).toSorted()).toEqual([first, second].toSorted());
    const row = { id: first, task: "charge", queue, attempts: 1, reason: "RejectTask: no card for order-1" };
    expect(rows).toContainEqual(expect.objectContaining(row));
    expect((await dlq("list", queue)).stdout).toMatch(/^id +task +queue +at +attempts +reason\n/);

    const { stdout } = await dlq("show", first, "-Q", queue);
    expect(stdout).toContain(`id: ${first}\ntask: charge\nqueue: ${queue}, priority 4\n`);
    expect(stdout).toContain('reason: RejectTask: no card for order-1\narguments:\n[\n  "order-1"\n]\n');

    expect(await dlq("replay", first, "missing", "-Q", queue)).toMatchObject({ code: 1, stdout: "" });
    expect((await listed()).length).toBe(2);
    const replayed = await dlq("replay", first, "-Q", queue);
    expect(replayed).toMatchObject({ code: 0, stderr: "" });
    const [old, next] = replayed.stdout.trim().split(" ") as [string, string];
    expect([old, next === first]).toEqual([first, false]);
    expect(await runOnce(broker, queue, next)).toBe("charged order-1");
    expect((await listed()).map(({ id }) => id)).toEqual([second]);

    expect(await dlq("purge", "--all", "-Q", queue)).toMatchObject({
      code: 1,
      stderr: "taskgen: [USAGE] there is nobody to ask here; add --yes\n",
    });
    expect(await dlq("purge", second, "-Q", queue)).toEqual({
      code: 0,
      stdout: `${queue}: 1 dead letter removed\n`,
      stderr: "",
    });
    expect(await listed()).toEqual([]);
    expect(await dlq("purge", "--all", "--yes", "-Q", queue)).toMatchObject({ code: 0, stdout: "" });
  });
});

describe("taskgen dlq", () => {
  it("replays all, and leaves what it cannot read", async () => {
    const cwd = await tempDir();
    const broker = `sqlite:${join(cwd, "tasks.db")}`;
    const ids = await giveUp(broker, "default");
    await giveUpGarbage(broker, "default");
    const { stdout, stderr, code } = await taskgen(["dlq", "replay", "--all", "--broker", broker], { cwd });
    expect(stderr).toBe("garbage: its header cannot be read\n");
    expect(code).toBe(1);
    const lines = stdout.trim().split("\n");
    expect(lines.map((line) => line.slice(0, line.indexOf(" "))).toSorted()).toEqual([...ids].toSorted());
    expect(await runOnce(broker, "default", lines[0]!.split(" ")[1]!)).toMatch(/^charged order-/);
    const { stdout: left } = await taskgen(["dlq", "show", "garbage", "--broker", broker], { cwd });
    expect(left).toContain("task: ? (its header cannot be read)\n");
    expect(left).toContain("arguments:\nno header\n");
    expect(await taskgen(["dlq", "purge", "--all", "--yes", "--broker", broker], { cwd })).toMatchObject({ code: 0 });
    expect((await taskgen(["dlq", "list", "--broker", broker], { cwd })).stdout).toBe("there are no dead letters\n");
  });

  it("says what is missing", async () => {
    const cwd = await tempDir();
    const { code, stderr } = await taskgen(["dlq", "replay", "--broker", `sqlite:${join(cwd, "tasks.db")}`], { cwd });
    expect(code).toBe(1);
    expect(stderr).toBe("taskgen: [USAGE] name the ids of dead letters, or give --all\n");
  });
});
