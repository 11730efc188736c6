import { join } from "node:path";
import { createApp, RejectTask, task, type Registry } from "@taskgen/core";
import { internalsOf } from "@taskgen/core/internal";
import { createWorker } from "@taskgen/worker";
import { describe, expect, it } from "vitest";
import { deadLetters } from "../contract-run/dead-letters.js";
import { brokerUrl } from "../support/brokers.js";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { taskgen, type CommandResult } from "../support/taskgen-command.js";
import { tempDir } from "../support/temp-dir.js";
import { KEYS } from "./secured-scene.js";

const URLS: Readonly<Record<string, () => Promise<string>>> = {
  sqlite: async () => `sqlite:${join(await tempDir(), "tasks.db")}`,
  redis: async () => brokerUrl("redis"),
  amqp: async () => brokerUrl("amqp"),
};

const listed = ({
  keys,
  use,
}: {
  readonly keys: Readonly<Record<string, string>>;
  readonly use?: string | undefined;
}) =>
  Object.entries(keys)
    .toSorted(([a], [b]) => Number(b === use) - Number(a === use))
    .map(([id, key]) => `${id}:${key}`)
    .join(",");

const env = {
  TASKGEN_SIGNING_KEYS: listed(KEYS.signing),
  TASKGEN_ENCRYPTION_KEYS: listed(KEYS.encryption),
};

const tasks = (charge: (order: string) => string): Registry => ({
  url: import.meta.url,
  tasks: { charge: { source: "dead-letters.test.ts#charge", load: async () => task(charge) } },
});

const open = (broker: string, queue: string) =>
  createApp({ broker, queue, security: KEYS, ...(broker.startsWith("amqp") && { backend: brokerUrl("redis") }) });

/** What was given up: an order that was refused, and a message that somebody else wrote. */
async function giveUp(broker: string, queue: string): Promise<{ readonly own: string; readonly forged: string }> {
  await using app = open(broker, queue);
  const refuse = (order: string): string => {
    throw new RejectTask(`no card for ${order}`);
  };
  await using worker = createWorker({ app, registry: tasks(refuse), pool: "inline" });
  await worker.start();
  const call = await app.sendUnchecked("charge", ["order-1"], { expires: "1h", headers: { tenant: "a" } });
  await call.settled({ timeout: "20s" });
  const forged = namespace("forged");
  const body = new TextEncoder().encode('{"v":1,"task":"charge"}\n["order-of-a-stranger"]');
  const { transport } = await internalsOf(app).connection();
  await transport.send([{ id: forged, queue, priority: 4, body }], AbortSignal.timeout(20_000));
  await deadLetters(app, queue, 2);
  return { own: call.id, forged };
}

/** A worker that can do it now, for one result. */
async function runOnce(broker: string, queue: string, id: string): Promise<unknown> {
  await using app = open(broker, queue);
  await using worker = createWorker({ app, registry: tasks((order) => `charged ${order}`), pool: "inline" });
  await worker.start();
  return await app.result(id).get({ timeout: "20s" });
}

describe.each(Object.entries(URLS))("dead letters with keys, on %s", (_name, url) => {
  expectNothingLeftRunning();

  it("are shown and replayed with new seals; what a stranger wrote is not sealed by that", async () => {
    const [broker, cwd, queue] = [await url(), await tempDir(), namespace("queue")];
    const { own, forged } = await giveUp(broker, queue);
    const dlq = (verb: string, ...args: string[]): Promise<CommandResult> =>
      taskgen(["dlq", verb, ...args, "-Q", queue, "--broker", broker], { cwd, env });

    const shown = await dlq("show", own);
    expect(shown.stdout).toContain('reason: RejectTask\narguments:\n[\n  "order-1"\n]\n');
    expect((await dlq("show", forged)).stdout).toContain(
      "arguments:\n? ([SIGNATURE_INVALID] the message is not signed)",
    );

    const replayed = await dlq("replay", "--all");
    expect(replayed.code).toBe(1);
    expect(replayed.stderr).toContain(`${forged}: [SIGNATURE_INVALID] the message is not signed`);
    const [was, is] = replayed.stdout.trim().split(" ");
    expect(was).toBe(own);
    expect(await runOnce(broker, queue, is!)).toBe("charged order-1");
    expect(JSON.stringify([shown, replayed])).not.toMatch(/key-of|a2V5LW9m/);
  });
});
