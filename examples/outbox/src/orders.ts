import { pool } from "./database.js";
import { enqueue } from "./outbox.js";

/** Stores an order and calls for its receipt: both, or neither. Returns the id of the receipt's task. */
export async function placeOrder(id: string, email: string): Promise<string> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("INSERT INTO orders (id, email) VALUES ($1, $2)", [id, email]);
    const taskId = await enqueue(client, "sendReceipt", id, email);
    if (!email.includes("@")) throw new Error(`order ${id}: ${email} is no address`);
    await client.query("COMMIT");
    return taskId;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}
