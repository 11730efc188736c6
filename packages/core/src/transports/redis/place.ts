import { ConfigError } from "../../errors.js";

export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

/** Files in PEM that a TLS connection needs; read at every connect, so that renewed ones count. */
export interface TlsFiles {
  /** Certificates of authorities to trust instead of those that Node trusts. */
  readonly ca?: string | undefined;
  /** Our own certificate and its key, for servers that ask for one. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** Where a Redis is and how it is reached; plain data. */
export interface RedisPlace {
  /** One server; with `sentinel` the Sentinels, with `cluster` some nodes of the Cluster. */
  readonly nodes: readonly RedisNode[];
  /** Undefined: in the clear. */
  readonly tls: TlsFiles | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly db: number;
  /** The name of the master that the Sentinels watch. */
  readonly sentinel: string | undefined;
  /** The Sentinels want the user and the password too. */
  readonly sentinelAuth: boolean;
  readonly cluster: boolean;
  /** Starts although the server may throw messages away when its memory is full. */
  readonly allowEviction: boolean;
  /** For banners and messages; without credentials. */
  readonly location: string;
}

/** Options that name files, and what Node calls these. */
const TLS_OPTIONS = { cacertfile: "ca", certfile: "cert", keyfile: "key" } as const;
const OPTIONS = ["sentinel", "sentinelAuth", "cluster", "nodes", "allowEviction", ...Object.keys(TLS_OPTIONS)];

/**
 * The place that a `redis:` or `rediss:` URL names.
 *
 * | URL | place |
 * | --- | --- |
 * | `redis://user:secret@host:6379/2` | one server, database 2 |
 * | `rediss://host` | one server through TLS, its certificate verified |
 * | `rediss://host?cacertfile=/etc/ssl/ca.pem` | the same, its certificate signed by one's own authority |
 * | `rediss://host?certfile=/etc/ssl/me.pem&keyfile=/etc/ssl/me-key.pem` | a server that asks for a certificate |
 * | `redis://a,b,c:26379/?sentinel=mymaster` | what three Sentinels call `mymaster` |
 * | `redis://:secret@a/?sentinel=mymaster&nodes=b,c:26380&sentinelAuth=1` | the same; the Sentinels want the password too |
 * | `redis://a:7000/?cluster=1&nodes=b:7000,c:7000` | a Cluster, three of its nodes |
 * | `redis://host?allowEviction=1` | also with an eviction policy other than `noeviction` |
 * @throws ConfigError `BROKER_URL_INVALID`
 */
export function parsePlace(url: URL): RedisPlace {
  const { searchParams } = url;
  for (const name of searchParams.keys()) {
    if (!OPTIONS.includes(name)) throw invalid(`it knows the options ${OPTIONS.join(", ")}, not "${name}"`);
  }
  const sentinel = searchParams.get("sentinel") ?? undefined;
  const cluster = parseSwitch(url, "cluster");
  if (cluster && sentinel !== undefined) throw invalid("it is a Cluster or has Sentinels, not both");
  const nodes = parseNodes(url, sentinel === undefined ? 6379 : 26379);
  const db = parseDb(url.pathname);
  if (cluster && db !== 0) throw invalid("a Cluster has one database only, 0");
  return {
    nodes,
    tls: parseTls(url),
    username: decode(url.username),
    password: decode(url.password),
    db,
    sentinel,
    sentinelAuth: parseSwitch(url, "sentinelAuth"),
    cluster,
    allowEviction: parseSwitch(url, "allowEviction"),
    location: locationOf(url.protocol, nodes, { db, sentinel, cluster }),
  };
}

function parseNodes({ hostname, port, searchParams }: URL, defaultPort: number): RedisNode[] {
  const first = (hostname === "" ? "localhost" : hostname).split(",").map((host) => `${host}:${port || defaultPort}`);
  const more = searchParams.get("nodes")?.split(",") ?? [];
  return [...first, ...more].map((node) => {
    const match = /^(\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(node.trim());
    if (match === null) throw invalid("a node is written as host:port");
    return { host: decodeURIComponent(match[1]!).replace(/^\[|\]$/g, ""), port: Number(match[2] ?? defaultPort) };
  });
}

function parseDb(pathname: string): number {
  const match = /^\/?(\d{0,5})$/.exec(pathname);
  if (match === null) throw invalid("its path is the number of a database, such as /2");
  return Number(match[1]);
}

function parseTls({ protocol, searchParams }: URL): TlsFiles | undefined {
  const given = Object.entries(TLS_OPTIONS).filter(([option]) => searchParams.has(option));
  if (protocol === "rediss:")
    return Object.fromEntries(given.map(([option, name]) => [name, searchParams.get(option)!]));
  if (given.length > 0) throw invalid(`${given[0]![0]} is an option of rediss:`);
  return undefined;
}

function parseSwitch({ searchParams }: URL, name: string): boolean {
  const value = searchParams.get(name);
  if (value !== null && !["0", "1", "true", "false"].includes(value)) throw invalid(`${name} is 1 or 0`);
  return value === "1" || value === "true";
}

function decode(text: string): string | undefined {
  if (text === "") return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid("its user name or password is not percent-encoded correctly; write %25 for a %");
  }
}

type Where = Pick<RedisPlace, "db" | "sentinel" | "cluster">;

function locationOf(protocol: string, nodes: readonly RedisNode[], { db, sentinel, cluster }: Where): string {
  const hosts = nodes.map(({ host, port }) => `${host.includes(":") ? `[${host}]` : host}:${port}`).join(",");
  const query = cluster ? "?cluster=1" : sentinel === undefined ? "" : `?sentinel=${sentinel}`;
  return `${protocol}//${hosts}/${db}${query}`;
}

const invalid = (what: string): ConfigError =>
  new ConfigError("BROKER_URL_INVALID", `the URL is not a Redis server: ${what}`);
