import { ConfigError } from "../../errors.js";
import type { OpenOptions } from "../../transport.js";

/** What to do with a queue that exists with other arguments. */
export type OnMismatch = "error" | "use";
export type QueueType = "quorum" | "classic";

/** A broker's URL and options, taken apart. */
export interface AmqpSettings {
  /** Where it leads, without credentials and options. */
  readonly location: string;
  /** What the driver is given: no credentials, an explicit heartbeat. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly prefix: string;
  /** How long a copy of a settled message may take to be confirmed. */
  readonly settleMs: number;
  readonly onMismatch: OnMismatch;
  readonly queueType: QueueType;
  /** The broker's `max_message_size`, where it is not the default of its version. */
  readonly maxBytes: number | undefined;
}

/** A server closes a connection after two silent intervals, a client after three: both within the lease. */
const HEARTBEATS_PER_LEASE = 3;
const OWN_OPTIONS = ["onMismatch", "queueType", "maxMessageSize"];

/**
 * Reads `amqp://user:password@host:port/vhost`. Options: `?onMismatch=use`, `?queueType=classic`,
 * `?maxMessageSize=536870912`; others, such as `frameMax`, are the driver's.
 * @throws ConfigError `BROKER_URL_INVALID` when an option has no such value.
 */
export function amqpSettings({ url, prefix, leaseMs }: OpenOptions): AmqpSettings {
  const { searchParams } = url;
  return {
    location: `${url.protocol}//${url.host}${url.pathname === "/" ? "" : url.pathname}`,
    url: driverUrl(url, leaseMs),
    username: decodeURIComponent(url.username) || "guest",
    password: decodeURIComponent(url.password) || "guest",
    prefix,
    settleMs: leaseMs,
    onMismatch: oneOf("onMismatch", searchParams.get("onMismatch") ?? "error", ["error", "use"]),
    queueType: oneOf("queueType", searchParams.get("queueType") ?? "quorum", ["quorum", "classic"]),
    maxBytes: byteCount(searchParams.get("maxMessageSize")),
  };
}

function driverUrl(given: URL, leaseMs: number): string {
  const url = new URL(given);
  url.username = "";
  url.password = "";
  for (const name of OWN_OPTIONS) url.searchParams.delete(name);
  const heartbeat = Math.max(1, Math.round(leaseMs / 1_000 / HEARTBEATS_PER_LEASE));
  if (!url.searchParams.has("heartbeat")) url.searchParams.set("heartbeat", `${heartbeat}`);
  return url.href;
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
