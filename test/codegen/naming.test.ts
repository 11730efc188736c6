import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { importAliases } from "../../packages/codegen/dist/emit/imports.js";
import { clientPath, wireName } from "../../packages/codegen/dist/naming.js";
import { compareCodeUnits, sortPaths } from "../../packages/codegen/dist/order.js";

const segment = fc.stringMatching(/^[a-zA-Z0-9_.-]{1,8}$/).filter((text) => !/^\.+$/.test(text));
const folders = fc.array(fc.oneof(segment, fc.constant("tasks")), { maxLength: 5 });

describe("clientPath", () => {
  it.each([
    ["src/tasks/math.task.ts", "add", "src", ["add"]],
    ["src/billing/tasks/invoice.task.ts", "charge", "src", ["billing", "charge"]],
    ["src/billing/invoice.task.ts", "charge", "src", ["billing", "charge"]],
    ["src/tasks/a/tasks/b/x.task.ts", "go", "src", ["a", "b", "go"]],
    ["src/tasks/report.task.ts", "default", "src", ["report"]],
    ["src/tasks/report.tsx", "default", "src", ["report"]],
    ["src/report.task.mts", "default", "src", ["report"]],
    ["packages/x/lib/a.task.ts", "go", "packages/x", ["lib", "go"]],
    ["a.task.ts", "go", ".", ["go"]],
    ["src\\billing\\tasks\\invoice.task.ts", "charge", "src", ["billing", "charge"]],
    ["lib/a.task.ts", "go", "src", undefined],
    ["srcs/a.task.ts", "go", "src", undefined],
    ["../a.task.ts", "go", ".", undefined],
  ])("%s#%s below %s", (file, exportName, rootDir, expected) => {
    expect(clientPath(file, exportName, rootDir)).toEqual(expected);
  });

  it("is the folders without `tasks`, then the export, whatever the file is called", () => {
    fc.assert(
      fc.property(folders, segment, segment, (path, file, exportName) => {
        fc.pre(exportName !== "default");
        const found = clientPath(["src", ...path, `${file}.task.ts`].join("/"), exportName, "src");
        expect(found).toEqual([...path.filter((folder) => folder !== "tasks"), exportName]);
        expect(wireName(found ?? [])).toBe([...path.filter((folder) => folder !== "tasks"), exportName].join("."));
      }),
    );
  });
});

describe("sortPaths", () => {
  it("gives one order for both separators, in every locale", () => {
    const paths = ["src/b.ts", "src/B.ts", "src/a/z.ts", "src/a-b/c.ts", "src/ä.ts"];
    expect(sortPaths(paths.map((path) => path.replaceAll("/", "\\")))).toEqual(sortPaths(paths.toReversed()));
    expect(sortPaths(paths)).toEqual(["src/B.ts", "src/a-b/c.ts", "src/a/z.ts", "src/b.ts", "src/ä.ts"]);
  });

  it("is ordered by code unit and holds each path once", () => {
    fc.assert(
      fc.property(fc.array(fc.array(segment, { minLength: 1, maxLength: 4 })), (paths) => {
        const sorted = sortPaths(paths.flatMap((path) => [path.join("/"), path.join("\\")]));
        expect(sorted).toEqual([...new Set(paths.map((path) => path.join("/")))].toSorted(compareCodeUnits));
      }),
    );
  });
});

describe("importAliases", () => {
  it("gives each file one identifier of its own, in any order of the tasks", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.array(segment, { minLength: 1, maxLength: 4 }), { selector: String }), (paths) => {
        const tasks = paths.map((path) => {
          const file = `src/${path.join("/")}.task.ts`;
          return {
            path: clientPath(file, "go", "src") ?? [],
            name: "go",
            file,
            exportName: "go",
            doc: undefined,
            options: {},
            span: { line: 1, column: 1, length: 1 },
          };
        });
        const aliases = importAliases(tasks);
        expect(new Set(aliases.values()).size).toBe(new Set(tasks.map(({ file }) => file)).size);
        for (const alias of aliases.values()) expect(alias).toMatch(/^[A-Za-z_$][\w$]*$/);
        expect(importAliases(tasks.toReversed())).toEqual(aliases);
      }),
    );
  });
});
