import { ConfigError } from "../../errors.js";
import type { OpenOptions } from "../../transport.js";
import { hostsOf } from "./addresses.js";
import { TLS_FILES, type TlsFiles, tlsFilesOf } from "./tls-files.js";

/** What to do with a queue that exists with other arguments. */
export type OnMismatch = "error" | "use";
export type QueueType = "quorum" | "classic";

/** A broker's URL and options, taken apart. */
export interface AmqpSettings {
  /** Where it leads, without credentials and options. */
  readonly location: string;
  /** What the driver is given, for each node: no credentials, an explicit heartbeat. */
  readonly urls: readonly string[];
  readonly username: string;
  readonly password: string;
  readonly tlsFiles: TlsFiles;
  /** After two silent intervals a server closes the connection; 0: never. */
  readonly heartbeatMs: number;
  readonly prefix: string;
  /** How long a copy of a settled message may take to be confirmed. */
  readonly settleMs: number;
  readonly onMismatch: OnMismatch;
  readonly queueType: QueueType;
  /** Of the queues of replies: a classic one is on one node. */
  readonly replyQueueType: QueueType;
  /** The broker's `max_message_size`, where it is not the default of its version. */
  readonly maxBytes: number | undefined;
}

/** A server closes a connection after two silent intervals, a client after three: both within the lease. */
const HEARTBEATS_PER_LEASE = 3;
const OWN_OPTIONS = ["nodes", "onMismatch", "queueType", "replyQueueType", "maxMessageSize", ...Object.keys(TLS_FILES)];

/**
 * Reads `amqp://user:password@host:port/vhost`, of a cluster `amqp://a,b,c/vhost` or `amqp://a:5672/vhost?nodes=b:5673,c:5674`:
 * the first is connected to, after its loss the next. Options: `?onMismatch=use`, `?queueType=classic`, `?replyQueueType=quorum`,
 * `?maxMessageSize=536870912`, and for `amqps:` the PEM files `?cacertfile=/path`, `?certfile=/path`, `?keyfile=/path`; others,
 * such as `frameMax`, are the driver's.
 * @throws ConfigError `BROKER_URL_INVALID` when an option has no such value.
 */
export function amqpSettings({ url, prefix, leaseMs }: OpenOptions): AmqpSettings {
  const { searchParams } = url;
  const hosts = hostsOf(url);
  const heartbeat =
    searchParams.get("heartbeat") ?? `${Math.max(1, Math.round(leaseMs / 1_000 / HEARTBEATS_PER_LEASE))}`;
  return {
    location: `${url.protocol}//${hosts.join(",")}${url.pathname === "/" ? "" : url.pathname}`,
    urls: hosts.map((host) => driverUrl(url, host, heartbeat)),
    tlsFiles: tlsFilesOf(url),
    heartbeatMs: Number(heartbeat) * 1_000,
    username: decoded(url.username) || "guest",
    password: decoded(url.password) || "guest",
    prefix,
    settleMs: leaseMs,
    onMismatch: oneOf("onMismatch", searchParams.get("onMismatch") ?? "error", ["error", "use"]),
    queueType: oneOf("queueType", searchParams.get("queueType") ?? "quorum", ["quorum", "classic"]),
    replyQueueType: oneOf("replyQueueType", searchParams.get("replyQueueType") ?? "classic", ["classic", "quorum"]),
    maxBytes: byteCount(searchParams.get("maxMessageSize")),
  };
}

function driverUrl({ protocol, pathname, search }: URL, host: string, heartbeat: string): string {
  const url = new URL(`${protocol}//${host}${pathname}${search}`);
  for (const name of OWN_OPTIONS) url.searchParams.delete(name);
  url.searchParams.set("heartbeat", heartbeat);
  return url.href;
}

/** n.b. the error does not show the text: it may be a password. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ConfigError(
      "BROKER_URL_INVALID",
      "the user name or the password is not percent-encoded correctly; write %25 for a %",
    );
  }
}

function oneOf<T extends string>(name: string, value: string, values: readonly T[]): T {
  const found = values.find((one) => one === value);
  if (found !== undefined) return found;
  throw new ConfigError("BROKER_URL_INVALID", `${name} is ${values.join(" or ")}, not ${JSON.stringify(value)}`);
}

function byteCount(text: string | null): number | undefined {
  if (text === null) return undefined;
  if (/^[1-9]\d{0,15}$/.test(text)) return Number(text);
  throw new ConfigError("BROKER_URL_INVALID", `maxMessageSize is a number of bytes, not ${JSON.stringify(text)}`);
}
