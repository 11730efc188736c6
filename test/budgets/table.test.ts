import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { BUDGETS } from "./budgets.js";

const page = new URL("../../docs/performance.md", import.meta.url);

it("docs/performance.md has the budgets", () => {
  const rows = Object.values(BUDGETS).map(({ what, most }) => `| ${what} | ${most.toLocaleString("en")} |`);
  const table = ["| what is counted | at most |", "| --- | --- |", ...rows].join("\n");
  expect(readFileSync(page, "utf8")).toContain(`\n${table}\n`);
});
