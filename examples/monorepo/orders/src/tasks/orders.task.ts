import { currentTask, task } from "@taskgen/core";
import type { OrderLine, Receipt, Refund } from "../order.js";
import { priceOf } from "../prices.js";
import { UnknownItem } from "../unknown-item.js";

/** Takes an order. Its number is the task's id, so a retry takes the same order. */
export const placeOrder = task({ throws: [UnknownItem] }, (lines: readonly OrderLine[]): Receipt => {
  const cents = lines.reduce((sum, line) => sum + priceOf(line), 0);
  return { order: currentTask().id, cents, placedAt: new Date() };
});

/** Gives some of an order's money back. */
export const refundOrder = task((order: string, cents: number): Refund => {
  return { order, cents, note: `${(cents / 100).toFixed(2)} EUR back for ${order}` };
});
