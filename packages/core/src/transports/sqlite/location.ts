import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigError } from "../../errors.js";

/** Which failure a commit survives: of the process, or of the whole machine. */
export type Durability = "process-crash" | "power-loss";

/** Where a database is and how it is opened. */
export interface Location {
  /** Absolute. */
  readonly path: string;
  readonly durability: Durability;
  /** The largest the database file may grow, in bytes; none when absent. */
  readonly maxBytes: number | undefined;
}

const OPTIONS = new Set(["durability", "max-bytes"]);

/**
 * The location that a `sqlite:` URL names. A path is relative to `cwd` unless it begins with `/` or a drive letter; it may be
 * percent-encoded. Options: `?durability=power-loss`, `?max-bytes=1000000000`.
 *
 * | URL | path |
 * | --- | --- |
 * | `sqlite:./tasks.db`, `sqlite:tasks.db` | `<cwd>/tasks.db` |
 * | `sqlite:/var/lib/app/tasks.db`, `sqlite:///var/lib/app/tasks.db` | `/var/lib/app/tasks.db` |
 * | `sqlite:///C:/app/tasks.db`, `sqlite:C:\app\tasks.db` | `C:\app\tasks.db`, on Windows |
 * @throws ConfigError `BROKER_URL_INVALID`
 */
export function parseLocation(url: URL, cwd: string = process.cwd()): Location {
  return { path: resolve(cwd, parsePath(url)), ...parseOptions(url) };
}

function parsePath(url: URL): string {
  if (url.host !== "") {
    throw invalid(`"${url.host}" is read as a host; write sqlite:./relative/path.db or sqlite:///absolute/path.db`);
  }
  if (url.hash !== "") throw invalid(`write %23 for a # in the path`);
  const path = decode(url.pathname);
  if (path === "" || path === "/") throw invalid("it names no file; write sqlite:./path.db");
  if (path === ":memory:") throw invalid("for tasks within this process use memory:");
  if (path.includes("\0")) throw invalid("its path contains a zero byte");
  return process.platform === "win32" && /^\/[A-Za-z]:/.test(path) ? fileURLToPath(`file://${url.pathname}`) : path;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw invalid("its path is not percent-encoded correctly; write %25 for a %");
  }
}

function parseOptions({ searchParams }: URL): Omit<Location, "path"> {
  for (const name of searchParams.keys()) {
    if (!OPTIONS.has(name)) throw invalid(`it knows the options ${[...OPTIONS].join(", ")}, not "${name}"`);
  }
  const durability = searchParams.get("durability") ?? "process-crash";
  if (durability !== "process-crash" && durability !== "power-loss") {
    throw invalid(`durability is process-crash or power-loss, not "${durability}"`);
  }
  const maxBytes = searchParams.get("max-bytes");
  if (maxBytes !== null && !/^[1-9]\d{0,14}$/.test(maxBytes)) throw invalid(`max-bytes is a number of bytes`);
  return { durability, maxBytes: maxBytes === null ? undefined : Number(maxBytes) };
}

const invalid = (what: string): ConfigError =>
  new ConfigError("BROKER_URL_INVALID", `the URL is not a SQLite database: ${what}`);
