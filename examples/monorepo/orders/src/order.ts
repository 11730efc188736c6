/** One line of an order. */
export interface OrderLine {
  readonly item: string;
  readonly quantity: number;
}

/** What a customer is given for an order. */
export interface Receipt {
  readonly order: string;
  readonly cents: number;
  readonly placedAt: Date;
}

/** What a customer is given back. */
export interface Refund {
  readonly order: string;
  readonly cents: number;
  readonly note: string;
}

/** What was sold on one day. */
export interface DaySales {
  /** Such as `2026-03-01`. */
  readonly day: string;
  readonly orders: number;
  readonly cents: number;
}
