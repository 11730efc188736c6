import type { Certificates } from "./certificates.js";
import { closedPort } from "./closed-port.js";
import { RedisServer } from "./redis-server.js";

/** Starts a server that speaks TLS; it is killed after the test. The URL to it, without options. */
export async function tlsServer(files: Certificates, ...settings: readonly string[]): Promise<string> {
  const port = await closedPort();
  const { ca, cert, key } = files;
  const tls = ["--tls-port", `${port}`, "--tls-ca-cert-file", ca, "--tls-cert-file", cert, "--tls-key-file", key];
  await RedisServer.start(...tls, ...settings);
  return `rediss://127.0.0.1:${port}`;
}

/** The options of a URL that name these files. */
export function tlsQuery({ ca, cert, key }: Partial<Certificates>): string {
  const named = Object.entries({ cacertfile: ca, certfile: cert, keyfile: key });
  const given = named.filter((option): option is [string, string] => option[1] !== undefined);
  return `?${new URLSearchParams(given).toString()}`;
}
