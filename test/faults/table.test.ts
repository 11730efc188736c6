import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { celeryTests } from "./celery.js";
import { isRun } from "./fault.js";
import { renderReport } from "./report.js";
import { table } from "./table.js";

const page = new URL("../../docs/reliability.md", import.meta.url);
const testFile = (file: string): URL => new URL(`../${file}`, import.meta.url);

describe("the table of faults", () => {
  it("has each fault once, in order", () => {
    const ids = table.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a.localeCompare(b, "en", { numeric: true })));
  });

  it("names tests that exist", () => {
    const named = table.flatMap(({ id, cells }) =>
      Object.values(cells).flatMap((cell) =>
        "tests" in cell
          ? Object.entries(cell.tests).flatMap(([file, names]) => names.map((name) => ({ id, file, name })))
          : [],
      ),
    );
    const isThere = ({ file, name }: (typeof named)[number]): boolean =>
      existsSync(testFile(file)) && readFileSync(testFile(file), "utf8").includes(name);
    expect(named.filter((one) => !isThere(one))).toEqual([]);
  });

  it("gives a reason where there is nothing to test", () => {
    const reasons = table.flatMap(({ cells }) =>
      Object.values(cells).flatMap((cell) => ("none" in cell ? [cell.none] : isRun(cell) ? [] : [])),
    );
    expect(reasons.filter((reason) => reason.split(" ").length < 4)).toEqual([]);
  });

  it("is what docs/reliability.md says", () => {
    const text = renderReport(table, celeryTests);
    if (process.env["TASKGEN_FAULTS_REPORT"] === "write") writeFileSync(page, text);
    expect(readFileSync(page, "utf8")).toBe(text);
  });
});
