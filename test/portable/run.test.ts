import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { startTaskgen, textLine } from "../support/taskgen-command.js";
import { tempDir } from "../support/temp-dir.js";
import { consumer } from "./consumer.js";
import { ordersProject } from "./orders.js";

const CLIENT = `
import { createTasks, tasks } from "@acme/orders-contract";
import { createApp } from "@taskgen/core";

const receipt = await tasks.billing.charge.delay("o1", { currency: "USD" }).get({ timeout: "60s" });
const refused = await (await tasks.billing.charge.delay("broke")).settled({ timeout: "60s" });
const app = createApp({ broker: process.env.TASKGEN_BROKER_URL });
const sum = await createTasks(app).add.delay(4, 4).get({ timeout: "60s" });
await app.close();
console.log(JSON.stringify({
  sum,
  at: receipt.at instanceof Date && receipt.at.toISOString(),
  receipt: [receipt.order, receipt.currency],
  refused: [refused.ok, refused.declared, refused.error.code, String(refused.error.balance)],
  name: tasks.billing.charge.taskName,
}));
`;

it(
  "a process that has the package alone calls tasks of a worker that has their sources",
  { timeout: 120_000 },
  async () => {
    const { project, build } = await ordersProject();
    expect((await build()).diagnostics).toEqual([]);
    const env = { TASKGEN_BROKER_URL: `sqlite:${join(await tempDir(), "tasks.db")}` };
    const worker = startTaskgen(["worker", "--threads", "1"], { cwd: project.cwd, env });
    await textLine(worker, "Worker ready");
    const cwd = await consumer(
      { "@acme/orders-contract": project.path("dist/contract") },
      { "client.js": CLIENT },
      true,
    );
    const run = promisify(execFile)(process.execPath, ["client.js"], {
      cwd,
      env: { ...process.env, ...env },
      timeout: 60_000,
    });
    expect(JSON.parse((await run).stdout)).toEqual({
      sum: 8,
      at: "1970-01-01T00:00:00.000Z",
      receipt: ["o1", "USD"],
      refused: [false, true, "CARD_DECLINED", "5"],
      name: "charge-order",
    });
    worker.signal("SIGTERM");
    expect((await worker.exited).code).toBe(0);
  },
);
