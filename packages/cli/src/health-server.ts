import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { WorkerHealth } from "@taskgen/worker";
import { maskCredentials } from "./clean-text.js";
import { CliError } from "./cli-error.js";

/** Where a worker answers probes. */
export interface HealthAddress {
  /** 0 is any free one. */
  readonly port: number;
  readonly host: string;
}

/** A server that answers probes. */
export interface HealthServer {
  /** Such as `http://127.0.0.1:8080/health`. */
  readonly url: string;
  close(): void;
}

/** A probe that takes longer to send its request than this is cut off. */
const REQUEST_MS = 5_000;

/**
 * Answers `GET /health` (also `/readyz`): 200 while the worker consumes, otherwise 503, with the worker's health as JSON; and
 * `GET /livez`: 200 as long as this process answers at all.
 * @throws CliError `HEALTH_UNAVAILABLE` when it cannot listen there
 */
export async function serveHealth({ port, host }: HealthAddress, health: () => WorkerHealth): Promise<HealthServer> {
  const limits = { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS, connectionsCheckingInterval: 1_000 };
  const server = createServer(limits, (request, response) => answer(request, response, health));
  try {
    await once(server.listen(port, host), "listening");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CliError(
      "HEALTH_UNAVAILABLE",
      `the worker cannot answer probes on ${host}:${port}: ${reason}; choose another --health-port, 0 for any free one`,
      { cause },
    );
  }
  // a probe that cannot be accepted, for want of files, must not end the worker
  server.on("error", () => {});
  return { url: urlOf(server), close: () => close(server) };
}

function answer({ method, url = "" }: IncomingMessage, response: ServerResponse, health: () => WorkerHealth): void {
  const read = PATHS.get(url.split("?")[0]!);
  if (read === undefined) return send(response, 404, { error: "there are /health, /readyz and /livez" });
  if (method !== "GET" && method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    return send(response, 405, { error: "use GET or HEAD" });
  }
  const body = read(health);
  send(response, body.status === "consuming" || body.status === "alive" ? 200 : 503, body);
}

type Answer = { readonly status: WorkerHealth["status"] | "alive" };

const readiness = (health: () => WorkerHealth): Answer => health();

const PATHS: ReadonlyMap<string, (health: () => WorkerHealth) => Answer> = new Map([
  ["/health", readiness],
  ["/readyz", readiness],
  ["/livez", () => ({ status: "alive" })],
]);

/** n.b. Node leaves the body out of an answer to HEAD. */
function send(response: ServerResponse, status: number, body: object): void {
  const text = `${maskCredentials(JSON.stringify(body))}\n`;
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    // a probe comes back in seconds; what it leaves open would only be in the way
    connection: "close",
  });
  response.end(text);
}

function urlOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}/health`;
}

function close(server: Server): void {
  server.close();
  server.closeAllConnections();
}
