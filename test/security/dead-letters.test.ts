import { join } from "node:path";
import { createApp, RejectTask, task, type Registry } from "@taskgen/core";
import { internalsOf } from "@taskgen/core/internal";
import { createWorker } from "@taskgen/worker";
import { describe, expect, it } from "vitest";
import { deadLetters } from "../contract-run/dead-letters.js";
import { brokerUrl } from "../support/brokers.js";
import { namespace } from "../support/namespace.js";
import { eventually } from "../support/eventually.js";
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
  await call.settled({ timeout: "60s" });
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
  return await app.result(id).get({ timeout: "60s" });
}

describe.each(Object.entries(URLS))("dead letters with keys, on %s", (_name, url) => {
  expectNothingLeftRunning();

  it(
    "are shown and replayed with new seals; what a stranger wrote is not sealed by that",
    { timeout: 90_000 },
    async () => {
      const [broker, cwd, queue] = [await url(), await tempDir(), namespace("queue")];
      const { own, forged } = await giveUp(broker, queue);
      const dlq = (verb: string, ...args: string[]): Promise<CommandResult> =>
        taskgen(["dlq", verb, ...args, "-Q", queue, "--broker", broker], { cwd, env });

      // n.b. RabbitMQ shows dead letters by handing them out, and takes a moment to have them back
      const once = (isSo: RegExp, verb: string, id: string): Promise<CommandResult> => {
        const attempt = async (): Promise<CommandResult | undefined> => {
          const result = await dlq(verb, id);
          return isSo.test(result.stdout + result.stderr) ? result : undefined;
        };
        return eventually(attempt, { what: `${verb}: ${isSo.source}` });
      };
      const shown = await once(/reason: RejectTask\narguments:\n\[\n {2}"order-1"\n\]\n/, "show", own);
      await once(/arguments:\n\? \(\[SIGNATURE_INVALID\] the message is not signed\)/, "show", forged);

      const refused = await once(/: \[SIGNATURE_INVALID\] the message is not signed\n/, "replay", forged);
      expect(refused).toMatchObject({ code: 1, stdout: "" });
      const replayed = await once(new RegExp(`^${own} [\\w-]{36}\n`), "replay", own);
      expect(replayed.code).toBe(0);
      const [, is] = replayed.stdout.trim().split(" ");
      expect(await runOnce(broker, queue, is!)).toBe("charged order-1");
      expect(JSON.stringify([shown, replayed])).not.toMatch(/key-of|a2V5LW9m/);
    },
  );
});
