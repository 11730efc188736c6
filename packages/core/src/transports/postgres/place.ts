import { ConfigError } from "../../errors.js";

/** How a connection is encrypted; files in PEM, read at every connect, so that renewed ones count. */
export interface PostgresTls {
  /** Whether the certificate must be signed by an authority that is trusted. */
  readonly verifiesChain: boolean;
  /** Whether it must name the host too. */
  readonly verifiesHost: boolean;
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** Where a Postgres is and how it is reached; plain data. */
export interface PostgresPlace {
  /** A name, an address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Undefined: in the clear. */
  readonly tls: PostgresTls | undefined;
  /** How many connections run statements; one more listens. */
  readonly connections: number;
  /** For banners and messages; without credentials. */
  readonly location: string;
}

const FILES = { sslrootcert: "ca", sslcert: "cert", sslkey: "key" } as const;
const OPTIONS = ["host", "sslmode", ...Object.keys(FILES), "connections"];
const MODES = ["disable", "require", "verify-ca", "verify-full"];
const DEFAULT_CONNECTIONS = 3;
const MAX_CONNECTIONS = 50;

/**
 * The place that a `postgres:` or `postgresql:` URL names. Options have libpq's names and meanings.
 *
 * | URL | place |
 * | --- | --- |
 * | `postgres://user:secret@host:5432/database` | one server, in the clear |
 * | `postgres://host/database?sslmode=require` | encrypted; the certificate is not verified |
 * | `postgres://host/database?sslmode=verify-full&sslrootcert=/etc/ssl/ca.pem` | encrypted, certificate and host name verified |
 * | `postgres:///database?host=/var/run/postgresql` | a Unix socket in that folder |
 * | `postgres://host/database?connections=8` | eight connections for statements instead of three |
 * @throws ConfigError `BROKER_URL_INVALID`
 */
export function parsePlace(url: URL): PostgresPlace {
  const { searchParams } = url;
  for (const name of searchParams.keys()) {
    if (!OPTIONS.includes(name)) throw invalid(`it knows the options ${OPTIONS.join(", ")}, not "${name}"`);
  }
  const host = searchParams.get("host") ?? (decode(url.hostname) || "localhost").replace(/^\[|\]$/g, "");
  if (host.includes(",")) throw invalid("it has several hosts; name one, such as an address that follows the primary");
  const port = Number(url.port || 5432);
  const database = parseDatabase(url.pathname);
  return {
    host,
    port,
    database,
    user: decode(url.username) || undefined,
    password: decode(url.password) || undefined,
    tls: parseTls(url),
    connections: parseConnections(url),
    location: `postgres://${host.includes(":") ? `[${host}]` : host}:${port}/${database ?? ""}`,
  };
}

function parseDatabase(pathname: string): string | undefined {
  const name = decode(pathname.replace(/^\//, ""));
  if (name.includes("\0")) throw invalid("the name of its database holds a NUL");
  return name || undefined;
}

function parseConnections({ searchParams }: URL): number {
  const text = searchParams.get("connections");
  if (text === null) return DEFAULT_CONNECTIONS;
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= MAX_CONNECTIONS) return count;
  throw invalid(`connections is a number from 1 to ${MAX_CONNECTIONS}`);
}

function parseTls({ searchParams }: URL): PostgresTls | undefined {
  const mode = searchParams.get("sslmode") ?? "disable";
  if (!MODES.includes(mode)) throw invalid(`sslmode is one of ${MODES.join(", ")}`);
  const given = Object.entries(FILES).filter(([option]) => searchParams.has(option));
  if (mode === "disable") {
    if (given.length > 0) throw invalid(`${given[0]![0]} needs an sslmode such as verify-full`);
    return undefined;
  }
  const files = Object.fromEntries(given.map(([option, name]) => [name, searchParams.get(option)!]));
  // n.b. as in libpq, who names an authority wants it to be asked
  const verifiesChain = mode !== "require" || searchParams.has("sslrootcert");
  return { ...files, verifiesChain, verifiesHost: mode === "verify-full" };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid("a part of it is not percent-encoded correctly; write %25 for a %");
  }
}

const invalid = (what: string): ConfigError =>
  new ConfigError("BROKER_URL_INVALID", `the URL is not a Postgres server: ${what}`);
