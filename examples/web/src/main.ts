import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { defaultApp } from "@taskgen/core";
import { api } from "./api.js";

const port = Number(process.env["PORT"] ?? 3000);
const server = serve({ fetch: api.fetch, port, hostname: "127.0.0.1" }, ({ port: own }: AddressInfo) => {
  console.log(`listening on http://127.0.0.1:${own}`);
});

/** Answers what was asked, then closes the connection to the broker. */
function stop(): void {
  server.close(() => void defaultApp().close());
}

process.once("SIGINT", stop);
process.once("SIGTERM", stop);
