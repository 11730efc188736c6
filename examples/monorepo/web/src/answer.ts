import type { IncomingMessage, ServerResponse } from "node:http";
import { tasks } from "@shop/orders/client";

/** `POST /orders?item=mug&quantity=2`: a receipt, or why there is none. */
export async function answer({ method, url = "/" }: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(url, "http://localhost");
  if (method !== "POST" || pathname !== "/orders") return send(response, 404, { error: "POST /orders" });
  const [status, body] = await placeOrder(searchParams).catch((error: unknown): Answer => {
    console.error(error);
    return [500, { error: "internal error" }];
  });
  send(response, status, body);
}

type Answer = readonly [status: number, body: object];

async function placeOrder(query: URLSearchParams): Promise<Answer> {
  const quantity = Number(query.get("quantity") ?? 1);
  if (!Number.isInteger(quantity) || quantity < 1) return [400, { error: "quantity is a whole number" }];
  const call = await tasks.placeOrder.delay([{ item: query.get("item") ?? "", quantity }]);
  const placed = await call.settled({ timeout: "10s" });
  if (placed.ok) return [200, placed.value];
  // one of the errors that the task declares: typed, its fields included
  if (placed.declared) return [404, { error: placed.error.message, item: placed.error.item }];
  throw placed.error;
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(`${JSON.stringify(body)}\n`);
}
