import type { OrderLine } from "./order.js";
import { UnknownItem } from "./unknown-item.js";

/** In cents. */
const PRICES: Readonly<Record<string, number>> = { mug: 1290, poster: 990, shirt: 2490 };

/** What a line of an order costs, in cents. */
export function priceOf({ item, quantity }: OrderLine): number {
  const price = PRICES[item];
  if (price === undefined) throw new UnknownItem(item);
  return price * quantity;
}
