import type * as ts from "typescript-5.9";
import { describe, expect, it, onTestFinished } from "vitest";
import { COMPILERS, compile } from "../support/compiler.js";
import { languageServiceEditor, type Editor } from "../support/editor.js";
import { languageServerEditor } from "../support/language-server.js";
import { consumer } from "./consumer.js";
import { KINDS } from "./kinds.js";
import { ordersProject } from "./orders.js";
import { kindsProject } from "./portable-project.js";

const USE = `
import { createTasks, tasks, type Receipt, type TaskMap, type Tasks } from "@acme/orders-contract";
import { createApp, type TaskCall } from "@taskgen/core";
export async function use(): Promise<unknown[]> {
  const sum: number = await tasks.add.delay(1, 2).get({ timeout: "1s" });
  const call: TaskCall<number> = tasks.sum.with({ countdown: "1s" }).delay([1, 2], 3, 4);
  const result = await tasks.billing.charge.delay("o", { currency: "EUR" });
  const currency: "EUR" | "USD" = (await result.get()).currency;
  const { next }: Receipt = await result.get();
  const declined = await (await tasks.billing.charge.delay("o")).settled();
  const balance: bigint | undefined = !declined.ok && declined.declared ? declined.error.balance : undefined;
  const code: "CARD_DECLINED" | undefined = !declined.ok && declined.declared ? declined.error.code : undefined;
  const one: TaskMap["charge-order"] = createTasks(createApp<TaskMap>({ broker: "memory:" })).billing.charge;
  const all: Tasks = tasks;
  const page: string | undefined = (await all.billing.history.delay().get()).items[0];
  const link: string = (await tasks.pages.delay(1).get())[0]?.links.home.href ?? "";
  const bytes: Uint8Array | undefined = (await tasks.pages.delay(1).get())[0]?.links.stub;
  // @ts-expect-error the parameter is a number
  await tasks.add.delay("1", 2);
  // @ts-expect-error there is no such currency
  await tasks.billing.charge.delay("o", { currency: "GBP" });
  // @ts-expect-error there is no such option
  await tasks.billing.charge.delay("o", { dry: true });
  // @ts-expect-error there is no such task
  await tasks.absent.delay();
  return [sum, call, currency, next, balance, code, one, page, link, bytes];
}
`;

const SENDING = `
import type { TaskMap } from "@acme/orders-contract";
import { createApp } from "@taskgen/core";
const app = createApp<TaskMap>({ broker: "memory:" });
export const sent: Promise<number> = app.send("sum", [[1], 2]).get();
// @ts-expect-error there is no task of that name
app.send("billing.charge", ["o"]);
`;

/** What the types of the platform are where they are known. */
const WITH_PLATFORM = `
import { tasks } from "@acme/orders-contract";
export async function use(): Promise<unknown[]> {
  const [page] = await tasks.pages.delay(1).get();
  const home: URL | undefined = page?.links.home;
  const stub: Buffer | undefined = page?.links.stub;
  return [home, stub];
}
`;

const RESOLUTIONS = {
  nodenext: ["--module", "nodenext"],
  bundler: ["--module", "esnext", "--moduleResolution", "bundler"],
};

const ANY_USE = 'import { tasks } from "project-contract";\nexport const { primitives } = tasks;\n';

describe.each(COMPILERS)("a portable package with %s", { timeout: 120_000 }, (compiler) => {
  it.each(Object.entries(RESOLUTIONS))(
    "compiles with the library of the language and core alone, gives the types of the tasks, and has every kind of type: %s",
    async (_, args) => {
      const [orders, kinds] = [await ordersProject(), await kindsProject(KINDS)];
      const packages = { "@acme/orders-contract": orders.emit(), "project-contract": kinds.emit() };
      const files = { "src/use.ts": USE, "src/sending.ts": SENDING, "src/kinds.ts": ANY_USE };
      expect(await compile(compiler, await consumer(packages, files), args)).toEqual([]);
    },
  );

  it("gives a project that knows the platform the platform's own types", async () => {
    const { project, emit } = await ordersProject();
    emit();
    await project.write({
      "src/platform.ts": WITH_PLATFORM.replace("@acme/orders-contract", "../dist/contract/index.js"),
    });
    const errors = await compile(compiler, project.cwd, ["--noEmit", "--skipLibCheck"]);
    expect(errors.filter((error) => /^src\/platform|^dist/.test(error))).toEqual([]);
  });

  it("shows the documentation of tasks in an editor", async () => {
    const { emit } = await ordersProject();
    const cwd = await consumer({ "@acme/orders-contract": emit() }, { "src/use.ts": USE });
    const editor = await openEditor(compiler, cwd);
    expect((await editor.show("src/use.ts", "tasks.add")).documentation.trim()).toBe("Adds two numbers.");
    expect((await editor.show("src/use.ts", "tasks.billing.charge")).documentation.trim()).toBe("Charges an order.");
    expect((await editor.show("src/use.ts", "tasks.add.delay")).type).toContain(
      "(x: number, y: number) => TaskCall<number>",
    );
  });
});

/** An editor on a compiler, closed after the test. */
async function openEditor(compiler: (typeof COMPILERS)[number], cwd: string): Promise<Editor> {
  const editor =
    compiler === "typescript"
      ? await languageServerEditor(cwd)
      : languageServiceEditor(((await import(compiler)) as { default: typeof ts }).default, cwd);
  onTestFinished(() => editor.close());
  return editor;
}
