import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SCRIPTED } from "./compilers.js";
import { type Editor, offsetOf } from "./editor/editor.js";
import { ServerEditor } from "./editor/language-server.js";
import { ServiceEditor } from "./editor/language-service.js";
import { generateClients, here } from "./clients.js";

const file = here("fixtures/editor.ts");
const client = here("fixtures/shop/src/_generated/client.ts");
const math = here("fixtures/shop/src/tasks/math.task.ts");
const mail = here("fixtures/shop/src/tasks/mail.task.ts");
const invoice = here("fixtures/shop/src/billing/tasks/invoice.task.ts");

const EDITORS = [
  ...SCRIPTED.map((version) => ({ version: version as string, open: openService(version) })),
  { version: "7.0", open: () => new ServerEditor(file).open() },
];

function openService(version: (typeof SCRIPTED)[number]): () => Promise<Editor> {
  return async () => new ServiceEditor(version, here("tsconfig.json"), file);
}

/** The line of a file that holds a text. */
const lineOf = (source: string, text: string): number =>
  readFileSync(source, "utf8")
    .split("\n")
    .findIndex((line) => line.includes(text)) + 1;

beforeAll(generateClients);

describe.each(EDITORS)("an editor with TypeScript $version", { timeout: 60_000 }, ({ open }) => {
  let editor: Editor;
  beforeAll(async () => {
    editor = await open();
  }, 60_000);
  afterAll(() => editor.close());

  const hover = (piece: string): Promise<string> => editor.hover(offsetOf(file, piece));

  it.each([
    ["tasks.add.|delay", "(x: number, y: number) => TaskCall<number>"],
    ["tasks.scale.|delay", "(value: number, factor?: number | undefined) => TaskCall<number>"],
    ["tasks.sum.|delay", "(start: bigint, ...more: bigint[]) => TaskCall<bigint>"],
    ["tasks.between.|delay", "(value: number, from: number, to?: number | undefined) => TaskCall<boolean>"],
    ["charge.|delay", "(order: string, cents: number) => TaskCallWith<"],
  ])("shows the parameters of %s by their names", async (piece, type) => {
    const shown = await hover(piece);
    expect(shown).toContain(`.delay: ${type}`);
    expect(shown).toContain("Calls the task with these arguments.");
  });

  it("shows a task's type and its doc comment", async () => {
    const add = await hover("tasks.|add");
    expect(add).toContain("add: Stub<[x: number, y: number], number>");
    expect(add).toContain("Adds two numbers.");
    expect(await hover("tasks.billing.|charge")).toContain("Charges an order.");
    expect(await hover("tasks.|sum")).toMatch(/Adds many numbers\.\s+@deprecated\W+use add/);
  });

  it.each([
    ["tasks.|add", math, "export const add ="],
    ["tasks.|between", math, "export const between ="],
    ["tasks.billing.|charge", invoice, "export const charge ="],
    ["tasks.|find", mail, "export const find ="],
  ])("leads from %s to the task", async (piece, source, text) => {
    const [first, ...others] = await editor.definitions(offsetOf(file, piece));
    expect(first).toEqual({ file: source, line: lineOf(source, text) });
    // The second one is the member of the client that carries the doc comment.
    expect(others.every((other) => other.file === client)).toBe(true);
    expect(others.length).toBeLessThanOrEqual(1);
  });

  it("suggests the tasks, with their docs", async () => {
    const suggestions = await editor.suggestions(offsetOf(file, "tasks.|add"));
    const byName = new Map(suggestions.map((suggestion) => [suggestion.name, suggestion]));
    expect([...byName.keys()]).toEqual(expect.arrayContaining(["add", "scale", "between", "billing", "mail", "total"]));
    expect(byName.get("add")?.detail).toMatch(/Stub<\[x: number, y: number\], number>\s+Adds two numbers\./);
    expect(byName.get("sum")?.deprecated).toBe(true);
    expect(byName.get("add")?.deprecated).toBe(false);
  });

  it("suggests what a stub can do, parameters by their names", async () => {
    const suggestions = await editor.suggestions(offsetOf(file, "tasks.add.|delay"));
    expect(suggestions.map(({ name }) => name).toSorted()).toEqual([
      "applyAsync",
      "delay",
      "delayMany",
      "taskName",
      "with",
    ]);
    const delay = suggestions.find(({ name }) => name === "delay");
    expect(delay?.detail).toContain("(x: number, y: number) => TaskCall<number>");
    expect(delay?.detail).toContain("Calls the task with these arguments.");
  });

  it("suggests options of a call and of a task", async () => {
    const ofCall = await editor.suggestions(offsetOf(file, "with({ |countdown"));
    expect(ofCall.map(({ name }) => name)).toEqual(expect.arrayContaining(["countdown", "eta", "headers"]));
    const ofTask = await editor.suggestions(offsetOf(file, "task({ |priority"));
    expect(ofTask.map(({ name }) => name)).toEqual(expect.arrayContaining(["priority", "queue", "retryBackoff"]));
  });

  it("shows the signature while arguments are written", async () => {
    expect(await editor.signature(offsetOf(file, "add.delay(|4"))).toBe(
      "delay(x: number, y: number): TaskCall<number>",
    );
    expect(await editor.signature(offsetOf(file, "charge.delay(|"))).toMatch(
      /^delay\(order: string, cents: number\): TaskCallWith</,
    );
  });
});
