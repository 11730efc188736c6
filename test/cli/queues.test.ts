import { join } from "node:path";
import { createApp } from "@taskgen/core";
import { describe, expect, it } from "vitest";
import { brokerUrl } from "../support/brokers.js";
import { namespace } from "../support/namespace.js";
import { taskgen } from "../support/taskgen-command.js";
import { tempDir } from "../support/temp-dir.js";

const URLS: Readonly<Record<string, () => Promise<string>>> = {
  sqlite: async () => `sqlite:${join(await tempDir(), "tasks.db")}`,
  redis: async () => brokerUrl("redis"),
  amqp: async () => brokerUrl("amqp"),
};
/** Brokers that count delayed tasks by queue. */
const countsDelayed = (broker: string): boolean => !broker.startsWith("amqp:");

/** A broker with a queue in which two tasks wait and a third one is delayed. */
async function fill(broker: string): Promise<string> {
  const queue = namespace("queue");
  await using app = createApp({ broker });
  await app.sendUnchecked("add", [1, 2], { queue });
  await app.sendUnchecked("add", [1, 2], { queue });
  await app.sendUnchecked("add", [1, 2], { queue, countdown: "1h" });
  return queue;
}

describe.each(Object.entries(URLS))("with %s", (_name, url) => {
  it("taskgen queues tells what they hold, and purge empties one", async () => {
    const [broker, cwd] = [await url(), await tempDir()];
    const queue = await fill(broker);
    const other = await fill(broker);
    const queues = async (): Promise<readonly { readonly queue: string }[]> =>
      JSON.parse((await taskgen(["queues", queue, other, "--json", "--broker", broker], { cwd })).stdout) as {
        queue: string;
      }[];
    const full = { waiting: 2, delayed: countsDelayed(broker) ? 1 : 0, owned: 0, dead: 0, consumers: 0, stalled: true };
    expect(await queues()).toEqual(
      expect.arrayContaining([
        { queue, ...full },
        { queue: other, ...full },
      ]),
    );
    const { stdout } = await taskgen(["queues", queue, "--broker", broker], { cwd });
    expect(stdout).toMatch(/^queue +waiting +delayed +owned +dead +consumers\n/);
    expect(stdout).toMatch(new RegExp(`^${queue} +2 +${full.delayed} +0 +0 +0$`, "m"));
    const held = full.waiting + full.delayed;
    expect(stdout).toContain(`! ${queue} holds ${held} tasks and has no consumer: start a worker with -Q ${queue}\n`);

    expect(await taskgen(["purge", queue, "--broker", broker], { cwd })).toEqual({
      code: 1,
      stdout: "",
      stderr: "taskgen: [USAGE] there is nobody to ask here; add --yes\n",
    });
    expect(await taskgen(["purge", queue, "--yes", "--broker", broker], { cwd })).toEqual({
      code: 0,
      stdout: `${queue}: ${full.waiting + full.delayed} tasks removed\n`,
      stderr: "",
    });
    const left = await queues();
    expect(left).toContainEqual({ queue: other, ...full });
    expect(left).not.toContainEqual({ queue, ...full });
    expect((await taskgen(["purge", other, "--yes", "--broker", broker], { cwd })).code).toBe(0);
  });
});
