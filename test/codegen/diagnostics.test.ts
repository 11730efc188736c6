import { formatDiagnostics, type Diagnostic } from "@taskgen/codegen";
import { describe, expect, it } from "vitest";
import { taskProject } from "../support/task-project.js";

const DIAGNOSTICS: readonly Diagnostic[] = [
  {
    code: "TG1003",
    severity: "error",
    message: '2 tasks are called "a,b:c%"',
    why: "why not",
    file: "src/a.task.ts",
    at: { file: "src/a.task.ts", line: 12, column: 3, length: 40, text: "\t\texport" },
    related: [{ message: "the other one", at: { file: "src/b.task.ts", line: 1, column: 1, length: 2, text: "let" } }],
  },
  { code: "TG4001", severity: "warning", message: "first\nsecond" },
];

describe("formatDiagnostics", () => {
  it("writes frames whose marks stand under what is meant, tabs included", () => {
    expect(formatDiagnostics(DIAGNOSTICS, "pretty").split("\n")).toEqual([
      'src/a.task.ts:12:3 - error TG1003: 2 tasks are called "a,b:c%"',
      "",
      "12 \t\texport",
      "   \t\t~~~~~~",
      "",
      "  why: why not",
      "",
      "  src/b.task.ts:1:1 - the other one",
      "  1 let",
      "    ~~",
      "",
      "warning TG4001: first",
      "second",
    ]);
  });

  it("shows of a long line what is meant and what is around it", () => {
    const before = "const a = 1; ".repeat(20);
    const text = `${before}const wrong = 2;${" // after".repeat(40)}`;
    const at = { file: "src/a.task.ts", line: 7, column: before.length + 7, length: 5, text };
    const [, , line = "", marks = ""] = formatDiagnostics(
      [{ code: "TG2001", severity: "error", message: "long", at }],
      "pretty",
    ).split("\n");
    expect(line).toMatch(/^7 … .* …$/);
    expect(line.length).toBeLessThan(210);
    expect(line.slice(marks.indexOf("~"), marks.lastIndexOf("~") + 1)).toBe("wrong");
  });

  it("writes commands that GitHub decodes", () => {
    expect(formatDiagnostics(DIAGNOSTICS, "github").split("\n")).toEqual([
      '::error file=src/a.task.ts,line=12,endLine=12,col=3,endColumn=42,title=TG1003::2 tasks are called "a,b:c%25"%0Awhy not%0Asrc/b.task.ts:1:1 the other one',
      "::warning title=TG4001::first%0Asecond",
    ]);
  });

  it("writes JSON that says the same", () => {
    expect(JSON.parse(formatDiagnostics(DIAGNOSTICS, "json"))).toEqual(DIAGNOSTICS);
  });

  it("writes nothing of nothing", () => {
    expect(formatDiagnostics([], "pretty")).toBe("");
    expect(formatDiagnostics([], "github")).toBe("");
    expect(formatDiagnostics([], "json")).toBe("[]");
  });
});

describe("a file that does not parse", () => {
  it("is reported with every finding of the parser, and the other files all the same", async () => {
    const project = await taskProject({
      "src/a.task.ts": "export const a = {;\n\nexport const b = );\n",
      "src/b.task.ts": 'import { task } from "@taskgen/core";\nexport const then = task(() => 1);\n',
      "src/c.task.ts":
        'import { task } from "@taskgen/core";\nimport { oddTask } from "./odd.js";\nexport const c = oddTask(() => 1);\n',
      "src/odd.ts": "export const oddTask = (;\n",
    });
    const { diagnostics, files } = await project.generate();
    expect(files).toEqual([]);
    const places = diagnostics.map(({ code, file, at }) => `${code} ${file}:${at?.line}`);
    expect(places).toEqual([
      "TG1001 src/a.task.ts:1",
      "TG1001 src/a.task.ts:3",
      "TG1011 src/b.task.ts:2",
      "TG1012 src/c.task.ts:3",
      "TG1001 src/odd.ts:1",
    ]);
  });
});
