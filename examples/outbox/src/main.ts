import { createTables, pool } from "./database.js";
import { placeOrder } from "./orders.js";

// Places orders, every fifth of which is refused and rolled back: `npm start -- first 20`.
const [batch = "first", count = "20"] = process.argv.slice(2);
await createTables();
for (let i = 1; i <= Number(count); i++) {
  const email = i % 5 === 0 ? "nobody" : `customer${i}@example.com`;
  await placeOrder(`${batch}-${i}`, email).then(
    (taskId) => console.log(`order ${batch}-${i} is stored; its receipt will be task ${taskId}`),
    (error: Error) => console.log(`${error.message}; nothing is stored`),
  );
}
await pool.end();
