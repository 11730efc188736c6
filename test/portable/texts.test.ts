import { expect, it } from "vitest";
import { declareTasks } from "../../packages/codegen/dist/emit/declarations.js";
import type { TaskModel } from "@taskgen/codegen";
import { literal, object, simple, STRING, taskTypes, template, union } from "./models.js";

const TASK: TaskModel = {
  path: ["folder", "a"],
  name: "a",
  file: "src/folder/a.task.ts",
  exportName: "a",
  span: { line: 1, column: 1, length: 1 },
  doc: undefined,
  options: {},
};

it("keeps texts on their lines, whatever characters are in them", () => {
  const odd = "\u2028 \u2029 \n \r \\ ` ${x} \" '";
  const types = taskTypes(
    { "odd name": literal(odd), größe: template([odd, odd], STRING) },
    object({ [odd]: union(literal(odd), simple("null")), "__proto__?": STRING }),
  );
  const { text } = declareTasks([TASK], new Map([["a", types]]));
  const line = text.split("\n").find((each) => each.includes("größe"));
  expect(text.split(/[\u2028\u2029\r]/)).toHaveLength(1);
  expect(line?.trim()).toBe(
    "größe: `\\u2028 \\u2029 \\n \\r \\\\ \\` \\${x} \" '${string}\\u2028 \\u2029 \\n \\r \\\\ \\` \\${x} \" '`,",
  );
});
