import { tasks } from "@shop/orders-contract";
import { defaultApp } from "@taskgen/core";

const receipts = [
  { order: "1001", cents: 2580, placedAt: new Date("2026-03-01T09:30:00Z") },
  { order: "1002", cents: 990, placedAt: new Date("2026-03-01T17:05:00Z") },
  { order: "1003", cents: 4980, placedAt: new Date("2026-03-02T11:20:00Z") },
];

const days = await tasks.salesByDay.delay(receipts).get({ timeout: "10s" });
for (const { day, orders, cents } of days) {
  console.log(`${day}  ${orders} ${orders === 1 ? "order " : "orders"}  ${(cents / 100).toFixed(2)} EUR`);
}
await defaultApp().close();
