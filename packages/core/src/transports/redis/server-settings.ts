import { ConfigError } from "../../errors.js";
import type { Losses } from "../../losses.js";
import { isReply } from "./failure.js";
import { lossesOf } from "./losses.js";
import type { RedisPlace } from "./place.js";
import type { Session } from "./session.js";

/** What a server was asked once, when the first connection was made. */
export interface ServerSettings {
  /** What survives which failure, in words. */
  readonly durability: string;
  /** The same failure by failure. */
  readonly losses: Losses;
}

const OLDEST = [6, 2] as const;

/**
 * Asks a server what it promises. What it does not tell (managed servers hide CONFIG) is said to be unknown.
 * @throws ConfigError `OPTION_INVALID` when it is too old, or may throw messages away and this was not allowed.
 */
export async function askSettings(session: Session, place: RedisPlace): Promise<ServerSettings> {
  const [server, memory, persistence, replication, save, fsync] = await Promise.all([
    info(session, "server"),
    info(session, "memory"),
    info(session, "persistence"),
    info(session, "replication"),
    config(session, "save"),
    config(session, "appendfsync"),
  ]);
  refuseOld(server.get("redis_version"), place);
  refuseEviction(memory.get("maxmemory_policy"), place);
  const aof = persistence.get("aof_enabled");
  const replicas = replication.get("connected_slaves");
  const losses = lossesOf({
    aof: aof === undefined ? undefined : aof === "1",
    fsync,
    save,
    evicts: memory.get("maxmemory_policy"),
    replicas: replicas === undefined ? undefined : Number(replicas),
  });
  return { durability: durabilityOf(persistence, save, fsync), losses };
}

function refuseOld(version: string | undefined, { location }: RedisPlace): void {
  const [major = 0, minor = 0] = (version ?? "").split(".").map(Number);
  if (version === undefined || major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw new ConfigError(
    "OPTION_INVALID",
    `${location} is Redis ${version}; version ${OLDEST.join(".")} or newer is needed`,
  );
}

function refuseEviction(policy: string | undefined, { location, allowEviction }: RedisPlace): void {
  if (policy === undefined || policy === "noeviction" || allowEviction) return;
  throw new ConfigError(
    "OPTION_INVALID",
    `${location} has the maxmemory-policy ${policy}: when its memory is full it throws tasks away. ` +
      "Set it to noeviction, or add ?allowEviction=1 to the URL if you mean it",
  );
}

function durabilityOf(persistence: Info, save: string | undefined, fsync: string | undefined): string {
  const aof = persistence.get("aof_enabled");
  if (aof === undefined) return "unknown: the server does not tell";
  if (aof === "1") {
    if (fsync === "always") return "power loss (AOF always)";
    return `process crash (AOF ${fsync ?? "on"}${fsync === "everysec" ? ": power loss takes the last second" : ""})`;
  }
  if (save === undefined) return "unknown (no AOF; RDB snapshots unknown)";
  return save === ""
    ? "none: lost when the server ends"
    : `RDB only: a crash takes all since the last snapshot (save ${save})`;
}

/** A section of INFO: its fields. */
export type Info = ReadonlyMap<string, string>;

export async function info(session: Session, section: string): Promise<Info> {
  const text = await session.call("info", section).catch(untold);
  const lines = text instanceof Buffer ? text.toString().split(/\r?\n/) : [];
  return new Map(lines.filter((line) => line.includes(":")).map((line) => line.split(/:(.*)/s, 2) as [string, string]));
}

async function config(session: Session, name: string): Promise<string | undefined> {
  const reply = await session.call("config", "get", name).catch(untold);
  return Array.isArray(reply) && reply.length === 2 ? String(reply[1]) : undefined;
}

/** n.b. a connection that is lost tells nothing: it must not pass for a server that keeps its settings to itself. */
function untold(error: unknown): undefined {
  if (!isReply(error)) throw error;
}
