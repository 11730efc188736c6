import { defaultAmbient, type Ambient } from "../ambient.js";
import { ConfigError } from "../errors.js";
import { milliseconds } from "../duration.js";
import type { ResultBackend } from "../result-backend.js";
import type { OpenOptions, Transport } from "../transport.js";
import { installedLink } from "./link/opener.js";

/** What a transport's folder exports. */
export interface TransportModule {
  openTransport(options: OpenOptions): Transport;
  openResults(options: OpenOptions): ResultBackend;
}

/** The one table of schemes. A transport and the library behind it load only when their URL is used. */
const MODULES: Readonly<Record<string, () => Promise<TransportModule>>> = {
  "memory:": () => import("./memory/open.js"),
  "sqlite:": () => import("./sqlite/open.js"),
  "redis:": () => import("./redis/open.js"),
  "rediss:": () => import("./redis/open.js"),
  "amqp:": () => import("./amqp/open.js"),
  "amqps:": () => import("./amqp/open.js"),
  "postgres:": () => import("./postgres/open.js"),
  "postgresql:": () => import("./postgres/open.js"),
};

/** The settings of `OpenOptions` besides the URL; each has a default. */
export interface ConnectionOptions {
  /** @default "taskgen" */
  readonly prefix?: string | undefined;
  readonly ambient?: Partial<Ambient> | undefined;
  /** @default 30 s */
  readonly leaseMs?: number | undefined;
  /** @default 5 s */
  readonly heartbeatMs?: number | undefined;
  /** Seals the records that a result backend makes itself. @default they are not sealed */
  readonly seal?: OpenOptions["seal"];
}

const DEFAULTS = {
  prefix: "taskgen",
  leaseMs: milliseconds("30s"),
  heartbeatMs: milliseconds("5s"),
} as const satisfies ConnectionOptions;

/**
 * Opens the transport of a URL; it connects with `start`.
 * @throws ConfigError `BROKER_URL_INVALID` when there is no such scheme.
 */
export async function openTransport(url: string, options: ConnectionOptions = {}): Promise<Transport> {
  const link = installedLink();
  if (link !== undefined) return link.transport({ url: parseUrl(url).href, prefix: options.prefix ?? DEFAULTS.prefix });
  const { module, open } = await resolve(url, options);
  return module.openTransport(open);
}

/** Opens the result backend of a URL. Throws like `openTransport`. */
export async function openResults(url: string, options: ConnectionOptions = {}): Promise<ResultBackend> {
  const link = installedLink();
  if (link !== undefined) return link.results({ url: parseUrl(url).href, prefix: options.prefix ?? DEFAULTS.prefix });
  const { module, open } = await resolve(url, options);
  return module.openResults(open);
}

async function resolve(
  url: string,
  options: ConnectionOptions,
): Promise<{ module: TransportModule; open: OpenOptions }> {
  const parsed = parseUrl(url);
  const load = Object.hasOwn(MODULES, parsed.protocol) ? MODULES[parsed.protocol] : undefined;
  if (load === undefined) {
    throw new ConfigError(
      "BROKER_URL_INVALID",
      `no transport for ${parsed.protocol}…; the schemes are ${Object.keys(MODULES).join(" ")}`,
    );
  }
  const prefix = options.prefix ?? DEFAULTS.prefix;
  const leaseMs = options.leaseMs ?? DEFAULTS.leaseMs;
  const heartbeatMs = options.heartbeatMs ?? DEFAULTS.heartbeatMs;
  return {
    module: await load(),
    open: {
      url: parsed,
      prefix,
      leaseMs,
      heartbeatMs,
      ambient: { ...defaultAmbient, ...options.ambient },
      seal: options.seal,
    },
  };
}

function parseUrl(url: string): URL {
  try {
    return new URL(url);
  } catch {
    // n.b. the text is not shown: it may hold a password
    throw new ConfigError("BROKER_URL_INVALID", 'a broker is given as a URL such as "sqlite:./tasks.db" or "memory:"');
  }
}
