import { expect } from "vitest";
import { BUDGETS, type BudgetName } from "../budgets/budgets.js";

/** Fails with the new count and the budget when there is more than that allows. */
export function expectWithin(name: BudgetName, count: number): void {
  const { what, most } = BUDGETS[name];
  expect(count, `${what}: ${count}, budget ${most}; test/budgets/budgets.ts has the budget`).toBeLessThanOrEqual(most);
}
