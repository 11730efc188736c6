import { buildContractPackage } from "@taskgen/codegen";
import { expect, it } from "vitest";
import { taskProject } from "../../support/task-project.js";

const TSCONFIG = JSON.stringify({
  compilerOptions: { target: "es2023", lib: ["es2023"], module: "nodenext", types: [], strict: true },
  include: ["src"],
});

const BASE = `
import { task } from "@taskgen/core";
export const slow = task.with({ queue: "slow" });
`;

const TASKS = `
import { progress, task } from "@taskgen/core";
import { slow } from "../base.js";
class Refused extends Error { readonly code = "REFUSED"; }
interface Mail { name: string; message: string }
const steps = progress<{ done: number }>();
/** A vector of a text. */
export const embed = task.batch({ maxSize: 64, maxWait: "1s", timeLimit: "1m" }, async (texts: readonly string[]) =>
  texts.map((text) => [text.length]));
export const plain = task.batch((numbers: number[]) => numbers.map((n) => n % 2 === 0));
export const charge = slow.batch({ throws: [Refused] }, (cents: readonly number[]) =>
  cents.map((one) => (one > 0 ? { paid: one } : new Refused())));
export const mail = slow.batch((mails: readonly Mail[]): Mail[] => [...mails]);
export const convert = task({ progress: steps }, (file: string) => file.length);
`;

it("a batch task is called with one item, and comes to one result", { timeout: 60_000 }, async () => {
  const project = await taskProject({
    "tsconfig.json": TSCONFIG,
    "src/base.ts": BASE,
    "src/tasks/a.task.ts": TASKS,
  });
  const { files, diagnostics } = await buildContractPackage({ cwd: project.cwd, config: {}, outDir: "out" });
  expect(diagnostics).toEqual([]);
  const types = files.find(({ path }) => path.endsWith("index.d.ts"))!.text;
  expect(types).toContain("readonly embed: Stub<[item: string], number[]>");
  expect(types).toContain("readonly plain: Stub<[item: number], boolean>");
  expect(types).toMatch(/readonly charge: StubWith<\[item: number\], \{ paid: number;? \}, Throws<.*>>/);
  expect(types).toMatch(/readonly mail: Stub<\[item: Mail\], Mail>/);
  expect(types).toContain("readonly convert: Stub<[file: string], number>");
  const { tasks } = await project.generate({});
  expect(tasks.map(({ name, options }) => [name, options])).toEqual([
    ["embed", { timeLimit: "1m" }],
    ["plain", {}],
    ["charge", { queue: "slow" }],
    ["mail", { queue: "slow" }],
    ["convert", {}],
  ]);
});
