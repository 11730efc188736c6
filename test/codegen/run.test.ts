import { expect, it } from "vitest";
import { runScript } from "../support/run-script.js";
import { taskProject } from "../support/task-project.js";

const REPORT = `
import { definitionOf } from "@taskgen/core/internal";
import { createTasks, tasks } from "./_generated/client.js";
import { registry } from "./_generated/registry.js";
import { orders } from "./app.js";

const loaded = Object.entries(registry.tasks).map(async ([name, { source, load }]) => {
  const definition = definitionOf(await load());
  return [name, source, definition?.options.queue ?? "none"];
});
console.log(JSON.stringify({
  loaded: await Promise.all(loaded),
  stubs: [tasks.add.taskName, tasks.billing.charge.taskName, createTasks(orders).report.taskName],
  isApp: (await registry.app?.()) === orders,
  file: new URL(registry.url).pathname.split("/").slice(-3).join("/"),
}));
`;

it("what is generated runs: stubs know their names, the registry finds the tasks and the app", async () => {
  const project = await taskProject({
    "src/app.ts":
      'import { createApp } from "@taskgen/core";\nexport const orders = createApp({ broker: "memory:" });\n',
    "src/tasks/math.task.ts": 'import { task } from "@taskgen/core";\nexport const add = task((x: number) => x);\n',
    "src/tasks/report.task.ts":
      'import { task } from "@taskgen/core";\nexport default task({ name: "daily" }, () => 1);\n',
    "src/billing/tasks/a.task.ts":
      'import { task } from "@taskgen/core";\nexport const charge = task({ queue: "b" }, () => 1);\n',
    "src/report.ts": REPORT,
  });
  await project.generate({ app: "src/app.ts#orders" });
  expect(await runScript(project.path("src/report.ts"))).toEqual({
    loaded: [
      ["add", "src/tasks/math.task.ts#add", "none"],
      ["billing.charge", "src/billing/tasks/a.task.ts#charge", "b"],
      ["daily", "src/tasks/report.task.ts#default", "none"],
    ],
    stubs: ["add", "billing.charge", "daily"],
    isApp: true,
    file: "src/_generated/registry.ts",
  });
});

const GUARDED = `
import { createTestWorker } from "@taskgen/worker/testing";
import { tasks } from "./_generated/client.js";
import { registry } from "./_generated/registry.js";

await using worker = await createTestWorker({ registry });
const calls = await Promise.all([
  tasks.ship.delay("express", { id: "x" }),
  tasks.ship.delay("slow", { id: "x" }),
  tasks.ship.delay("slow", { id: "y" }),
]);
console.log(JSON.stringify(await Promise.all(calls.map((call) => call.get()))));
`;

it("calls of what is generated are told apart by the key that an option names", async () => {
  const project = await taskProject({
    "src/base.ts":
      'import { task } from "@taskgen/core";\nexport const perOrder = task.with({ dedupe: { key: "order.id" } });\n',
    "src/tasks/ship.task.ts":
      'import { perOrder } from "../base.js";\nexport const ship = perOrder((how: string, order: { id: string }) => `${order.id} ${how}`);\n',
    "src/run.ts": GUARDED,
  });
  await project.generate();
  expect(await runScript(project.path("src/run.ts"))).toEqual(["x express", "x express", "y slow"]);
});
