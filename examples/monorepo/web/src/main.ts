import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { defaultApp } from "@taskgen/core";
import { answer } from "./answer.js";

const server = createServer((request, response) => void answer(request, response));

server.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

/** Answers what was asked, then closes the connection to the broker. */
function stop(): void {
  server.close(() => void defaultApp().close());
}

process.once("SIGINT", stop);
process.once("SIGTERM", stop);
