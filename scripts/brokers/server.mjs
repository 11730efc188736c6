// A server program as a child of this process: in a folder of its own, gone when this process is. Plain Node without dependencies.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** Ports of the loopback interface that nothing listens on, all different. */
export async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}

/** A running server, with the environment that is given and PATH. Its output goes to a file in `dir`. */
export class Server {
  #child;
  #exited;
  #log;
  #kill = () => this.#signal("SIGKILL");

  /** `user`: whose rights it has, as `{ uid, gid }`; otherwise this process's. */
  constructor(command, args, { dir, env = {}, name, user = {} }) {
    this.#log = join(dir, `${name}.log`);
    const log = openSync(this.#log, "a");
    this.name = name;
    // n.b. detached: Ctrl-C in a terminal goes to a whole group; these stay until what uses them has ended
    this.#child = spawn(command, args, {
      cwd: dir,
      env: { PATH: process.env.PATH, ...env },
      stdio: ["ignore", log, log],
      detached: true,
      ...user,
    });
    closeSync(log);
    this.#exited = new Promise((resolve) => {
      this.#child.once("exit", resolve);
      this.#child.once("error", resolve);
    });
    process.on("exit", this.#kill);
    void this.#exited.then(() => process.off("exit", this.#kill));
  }

  /** Resolves when a port answers `hello` with what begins with `answer`; rejects with the log's end when that takes too long. */
  async ready({ port, hello, answer }, withinMs = 60_000) {
    const end = performance.now() + withinMs;
    while (!(await greet({ port, hello, answer }))) {
      if (this.#hasEnded || performance.now() > end)
        throw new Error(`${this.name} did not start:\n${this.#lastLines()}`);
      await delay(50);
    }
  }

  get pid() {
    return this.#child.pid;
  }

  /** Ends it and resolves when it is gone. What it kept in memory alone is lost with SIGKILL. */
  async stop(signal = "SIGKILL") {
    this.#signal(signal);
    const timer = setTimeout(this.#kill, 15_000);
    await this.#exited;
    clearTimeout(timer);
  }

  get #hasEnded() {
    return this.#child.pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #signal(signal) {
    if (this.#hasEnded) return;
    try {
      process.kill(-this.#child.pid, signal);
    } catch {
      this.#child.kill(signal); // where there are no process groups
    }
  }

  #lastLines() {
    return readFileSync(this.#log, "utf8").split("\n").slice(-20).join("\n");
  }
}

/** Whether what listens on a port answers `hello` with a text that begins with `answer`. */
async function greet({ port, hello, answer }) {
  const socket = connect({ port, host: "127.0.0.1", timeout: 2_000 });
  try {
    return await new Promise((resolve) => {
      socket.once("connect", () => socket.write(hello));
      socket.once("data", (data) => resolve(data.toString("latin1").startsWith(answer)));
      for (const event of ["error", "timeout", "close"]) socket.once(event, () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}

const PORTS = {
  "redis:": 6379,
  "rediss:": 6379,
  "amqp:": 5672,
  "amqps:": 5671,
  "postgres:": 5432,
  "postgresql:": 5432,
};

/** Whether something listens at a broker's URL. */
export async function isReachable(url) {
  const { hostname, port, protocol } = new URL(url);
  const host = (hostname || "localhost").replace(/^\[(.*)\]$/, "$1");
  const socket = connect({ host, port: Number(port) || PORTS[protocol], timeout: 5_000 });
  try {
    return await new Promise((resolve) => {
      socket.once("connect", () => resolve(true));
      for (const event of ["error", "timeout"]) socket.once(event, () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}
