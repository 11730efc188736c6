import { readFile } from "node:fs/promises";
import type { ConnectionOptions } from "node:tls";
import type { ClientConfig } from "pg";
import { ConfigError } from "../../errors.js";
import type { PostgresPlace, PostgresTls } from "./place.js";

/** What a statement is given. */
export type SqlValue = string | number | boolean | null | Buffer | readonly (string | number | null)[];

/** A row by the names of its columns. */
export type SqlRow = Readonly<Record<string, unknown>>;

/** A statement; the server plans those with a name once per connection. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
}

/** The few methods of a client of pg that are called. */
export interface PgClient {
  connect(): Promise<unknown>;
  query(
    statement: Statement & { readonly values?: readonly SqlValue[] },
  ): Promise<{ readonly rows: readonly SqlRow[] }>;
  on(event: "error", listener: (error: unknown) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  on(event: "notification", listener: (notification: { readonly payload?: string | undefined }) => void): unknown;
  end(): Promise<void>;
  unref(): void;
  readonly connection: { readonly stream: { destroy(): unknown } };
}

/** How long a server may take until a new connection can be used. */
const READY_MS = 5_000;

/** @throws ConfigError `BROKER_DRIVER_MISSING` */
async function loadDriver(): Promise<Pick<typeof import("pg"), "Client">> {
  try {
    return (await import("pg")).default;
  } catch (cause) {
    const message = "postgres: needs the package pg, version 8; run npm install pg";
    throw new ConfigError("BROKER_DRIVER_MISSING", message, { cause });
  }
}

/** A client that is not connected yet. @throws ConfigError when its files cannot be read. */
export async function createClient({ host, port, database, user, password, tls }: PostgresPlace): Promise<PgClient> {
  const { Client } = await loadDriver();
  const config: ClientConfig = {
    host,
    port,
    ...(database !== undefined && { database }),
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ssl: tls === undefined ? false : await tlsOptions(tls),
    application_name: "taskgen",
    keepAlive: true,
    connectionTimeoutMillis: READY_MS,
  };
  return new Client(config) as unknown as PgClient;
}

/** Ends a client at once, whether or not the server still answers. */
export function discard(client: PgClient): void {
  client.connection.stream.destroy();
}

async function tlsOptions({ ca, cert, key, verifiesChain, verifiesHost }: PostgresTls): Promise<ConnectionOptions> {
  const [caBytes, certBytes, keyBytes] = await Promise.all([ca, cert, key].map(read));
  return {
    rejectUnauthorized: verifiesChain,
    ...(!verifiesHost && { checkServerIdentity: () => undefined }),
    ...(caBytes !== undefined && { ca: caBytes }),
    ...(certBytes !== undefined && { cert: certBytes }),
    ...(keyBytes !== undefined && { key: keyBytes }),
  };
}

async function read(path: string | undefined): Promise<Buffer | undefined> {
  if (path === undefined) return undefined;
  return readFile(path).catch((cause: Error) => {
    throw new ConfigError("BROKER_URL_INVALID", `a file that the URL names cannot be read: ${cause.message}`, {
      cause,
    });
  });
}
