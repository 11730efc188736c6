import { execFile, execFileSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { freePorts, Server } from "./server.mjs";

const USER = "taskgen";
const PASSWORD = "taskgen";

/** What a client says first: protocol 3.0, as which user to which database. The server asks for the password, or refuses. */
const HELLO = (() => {
  const body = Buffer.from(`\0\x03\0\0user\0${USER}\0database\0postgres\0\0`, "latin1");
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([length, body]);
})();

/**
 * Starts a private Postgres that keeps its data in the folder `dir`; another start there goes on with it. It does not survive
 * the end of the machine: nothing is synced. `stop(signal)` ends it.
 */
export async function startPostgres({ programs: [initdb, postgres], dir, port, settings = {} }) {
  const [own] = port === undefined ? await freePorts(1) : [port];
  const data = join(dir, "data");
  const user = servant(dir);
  if (!existsSync(join(data, "PG_VERSION"))) await initialize(initdb, { dir, data, user });
  const options = {
    port: own,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    fsync: "off",
    max_connections: 300,
    shared_buffers: "64MB",
    ...settings,
  };
  const args = Object.entries(options).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const server = new Server(postgres, ["-D", data, ...args], { dir, name: "postgres", user });
  try {
    await server.ready({ port: own, hello: HELLO, answer: "R" });
  } catch (error) {
    await server.stop("SIGQUIT");
    throw error;
  }
  const url = `postgres://${USER}:${PASSWORD}@127.0.0.1:${own}/postgres`;
  // n.b. SIGQUIT: its processes are not of one group, and end with it only when they are told
  return { url, port: own, pid: server.pid, stop: (signal = "SIGQUIT") => server.stop(signal) };
}

async function initialize(initdb, { dir, data, user }) {
  const pwfile = join(dir, "password");
  writeFileSync(pwfile, PASSWORD);
  if (user.uid !== undefined) chownSync(pwfile, user.uid, user.gid);
  const args = ["-D", data, "-U", USER, `--pwfile=${pwfile}`, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"];
  await promisify(execFile)(initdb, [...args, "--no-sync"], { cwd: dir, ...user });
}

/** Postgres refuses to run as root: there it runs as the user of the system's package, who then owns the folder. */
function servant(dir) {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = ["-u", "-g"].map((which) => Number(execFileSync("id", [which, "postgres"], { encoding: "utf8" })));
  chmodSync(dirname(dir), 0o711);
  chownSync(dir, uid, gid);
  return { uid, gid };
}
