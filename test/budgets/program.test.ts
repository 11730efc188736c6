import { it } from "vitest";
import { consumer } from "../portable/consumer.js";
import { ordersProject } from "../portable/orders.js";
import { expectWithin } from "../support/budget.js";
import { compile } from "../support/compiler.js";

const USE = `
import { tasks } from "@acme/orders-contract";
export const sum = async (): Promise<number> => tasks.add.delay(1, 2).get();
`;

it("a project that calls the tasks of a portable package compiles few files", async () => {
  const { emit } = await ordersProject();
  const cwd = await consumer({ "@acme/orders-contract": emit() }, { "src/use.ts": USE });
  const files = await compile("typescript", cwd, ["--listFilesOnly"]);
  expectWithin("program.files", files.filter((file) => !/[\\/]lib\.[\w.]+\.d\.ts$/.test(file)).length);
}, 60_000);
