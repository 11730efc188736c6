import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Redis } from "ioredis";
import { onTestFinished } from "vitest";
import { closedPort } from "./closed-port.js";
import { eventually } from "./eventually.js";
import { RedisServer } from "./redis-server.js";
import { tempDir } from "./temp-dir.js";
import { within } from "./within.js";

const NAME = "tasks";

/** A master, a replica and three Sentinels, children of this process; killed after the test. */
export class RedisSentinels {
  readonly master: RedisServer;
  readonly replica: RedisServer;
  readonly ports: readonly number[];

  private constructor(master: RedisServer, replica: RedisServer, ports: readonly number[]) {
    this.master = master;
    this.replica = replica;
    this.ports = ports;
  }

  /** Resolves when a failover is possible. `password`: of the two servers; the Sentinels themselves want none. */
  static async start(password?: string): Promise<RedisSentinels> {
    const secret = password === undefined ? [] : ["--requirepass", password, "--masterauth", password];
    const master = await RedisServer.start(...secret);
    const replica = await RedisServer.start("--replicaof", "127.0.0.1", `${master.port}`, ...secret);
    const ports = await Promise.all([closedPort(), closedPort(), closedPort()]);
    const auth = password === undefined ? [] : [`sentinel auth-pass ${NAME} ${password}`];
    await Promise.all(ports.map((port) => startSentinel(port, master.port, auth)));
    const sentinels = new RedisSentinels(master, replica, ports);
    await eventually(() => sentinels.#areReady(), { what: "Sentinels that know one another" });
    return sentinels;
  }

  /** Names them all. */
  get url(): string {
    const [first, ...more] = this.ports.map((port) => `127.0.0.1:${port}`);
    return `redis://${first}/?sentinel=${NAME}&nodes=${more.join(",")}`;
  }

  /** From now on the Sentinels want a password too. */
  async requirePassword(password: string): Promise<void> {
    for (const port of this.ports) {
      await withClient(port, (client) => client.call("ACL", "SETUSER", "default", "resetpass", `>${password}`));
    }
  }

  /** Kills the master; resolves when the replica has taken its place. */
  async failOver(): Promise<void> {
    await this.master.kill();
    // n.b. Sentinels end all connections of the one that they promote
    const isMaster = (): Promise<boolean> =>
      withClient(this.replica.port, async (client) => String((await client.role())[0]) === "master").catch(() => false);
    await eventually(isMaster, { what: "a failover" });
  }

  async #areReady(): Promise<boolean> {
    const states = await Promise.all(this.ports.map(stateOf));
    return states.every((state) => /num-slaves 1\b/.test(state) && /num-other-sentinels 2\b/.test(state));
  }
}

async function withClient<T>(port: number, act: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis({ port, enableReadyCheck: false, retryStrategy: () => null }).on("error", () => {});
  try {
    return await act(client);
  } finally {
    client.disconnect();
  }
}

const stateOf = (port: number): Promise<string> =>
  withClient(port, async (client) => ((await client.call("SENTINEL", "MASTER", NAME)) as string[]).join(" "));

async function startSentinel(port: number, masterPort: number, more: readonly string[]): Promise<void> {
  const directory = await tempDir();
  const file = join(directory, "sentinel.conf");
  const settings = [
    `port ${port}`,
    "bind 127.0.0.1",
    `dir ${directory}`,
    `logfile ${join(directory, "sentinel.log")}`,
    `sentinel monitor ${NAME} 127.0.0.1 ${masterPort} 2`,
    `sentinel down-after-milliseconds ${NAME} 500`,
    `sentinel failover-timeout ${NAME} 3000`,
    ...more,
  ];
  await writeFile(file, settings.join("\n"));
  const child = spawn("redis-server", [file, "--sentinel"], { stdio: "ignore" });
  onTestFinished(() => kill(child));
  const answers = (): Promise<boolean> => stateOf(port).then(Boolean, () => false);
  await eventually(answers, { what: "a Sentinel" });
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await within("the end of a Sentinel", exited);
}
