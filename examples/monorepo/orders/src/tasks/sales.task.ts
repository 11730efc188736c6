import { task } from "@taskgen/core";
import type { DaySales, Receipt } from "../order.js";

/** What was sold on each day, the first day first. */
export const salesByDay = task((receipts: readonly Receipt[]): DaySales[] => {
  const days = new Map<string, DaySales>();
  for (const { cents, placedAt } of receipts) {
    const day = placedAt.toISOString().slice(0, 10);
    const before = days.get(day) ?? { day, orders: 0, cents: 0 };
    days.set(day, { day, orders: before.orders + 1, cents: before.cents + cents });
  }
  return [...days.values()].toSorted((a, b) => (a.day < b.day ? -1 : 1));
});
