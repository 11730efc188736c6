import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { closedPort } from "./closed-port.js";
import { eventually } from "./eventually.js";
import { standingStill } from "./standing-still.js";
import { within } from "./within.js";

const BIN = "/usr/lib/rabbitmq/bin";
/**
 * So long RabbitMQ may know new queues in memory alone: one that is not written down when it dies has lost its messages and its leader
 * when it comes back.
 */
export const WRITTEN_DOWN_MS = 2_000;
const START_MS = 120_000;
const STOP_MS = 30_000;
const run = promisify(execFile);

/** Whether somebody answers an AMQP protocol header on this port. */
const speaksAmqp = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => void socket.write("AMQP\x00\x00\x09\x01"));
    const end = (speaks: boolean): void => {
      socket.destroy();
      resolve(speaks);
    };
    socket.setTimeout(2_000, () => end(false));
    socket.once("data", () => end(true));
    socket.once("error", () => end(false));
    socket.once("close", () => end(false));
  });

/**
 * A RabbitMQ node of its own: its own home, data, ports and epmd, nothing shared with an instance of the system. It and its
 * epmd are children of this process.
 */
export class RabbitServer {
  readonly port: number;
  readonly #dir: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #epmd: ChildProcess | undefined;
  #node: ChildProcess;

  private constructor(dir: string, env: NodeJS.ProcessEnv, peer: RabbitServer | undefined) {
    this.#dir = dir;
    this.#env = env;
    this.port = Number(env["RABBITMQ_NODE_PORT"]);
    this.#epmd = peer === undefined ? spawnEpmd(env) : undefined;
    this.#node = this.#spawnNode();
  }

  /**
   * Starts a server with an empty data directory; `config` are lines of a `rabbitmq.conf`. With a `peer` it uses the epmd and
   * the cookie of that one, which it may join then.
   */
  static async start(config: readonly string[] = [], peer?: RabbitServer): Promise<RabbitServer> {
    const dir = await mkdtemp(join(tmpdir(), "taskgen-rabbitmq-"));
    await writeFile(join(dir, "enabled_plugins"), "[].\n");
    // n.b. an empty one too makes RabbitMQ load the schemas of all settings: a third of the processor time of its start
    if (config.length > 0) await writeFile(join(dir, "rabbitmq.conf"), [...config, ""].join("\n"));
    await writeFile(join(dir, "rabbitmq-env.conf"), "");
    const [port, dist, own] = [await closedPort(), await closedPort(), await closedPort()] as const;
    const epmd = peer === undefined ? own : Number(peer.#env["ERL_EPMD_PORT"]);
    if (peer !== undefined) await copyFile(cookieOf(peer.#dir), cookieOf(dir));
    const server = new RabbitServer(dir, environment(dir, [port, dist, epmd]), peer);
    try {
      await server.#listening();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** As other nodes call it. */
  get name(): string {
    return this.#env["RABBITMQ_NODENAME"]!;
  }

  get url(): string {
    return `amqp://127.0.0.1:${this.port}`;
  }

  /** Dies without a word; its data stays. */
  async kill(): Promise<void> {
    this.#node.kill("SIGKILL");
    await ended(this.#node);
  }

  /** Starts again with the data that is there. */
  async restart(): Promise<void> {
    this.#node = this.#spawnNode();
    await this.#listening();
  }

  /** Stands still once this resolves: sockets stay open, nothing is answered. */
  async suspend(): Promise<void> {
    this.#node.kill("SIGSTOP");
    await standingStill(this.#node.pid!);
  }

  resume(): void {
    this.#node.kill("SIGCONT");
  }

  /** Runs `rabbitmqctl`; its output. */
  async ctl(...args: readonly string[]): Promise<string> {
    const { stdout } = await run(join(BIN, "rabbitmqctl"), ["-q", ...args], { env: this.#env, timeout: 90_000 });
    return stdout;
  }

  /** Has the node evaluate Erlang, such as `node().`; for this no Erlang starts, as it does for `ctl`, which takes two seconds of a processor. */
  async evaluate(code: string): Promise<string> {
    const asking = run("erl_call", ["-sname", this.name, "-e"], { env: this.#env, timeout: 90_000 });
    asking.child.stdin!.end(`${code}\n`);
    const { stdout } = await asking;
    if (!stdout.startsWith("{ok, ")) throw new Error(`${this.name} evaluates ${code} to ${stdout}`);
    return stdout.slice("{ok, ".length, -1);
  }

  /** Ends the node and its epmd and removes all data. Stopping twice is safe. */
  async stop(): Promise<void> {
    this.#node.kill("SIGCONT");
    this.#node.kill("SIGTERM");
    await within("the end of a RabbitMQ node", ended(this.#node), STOP_MS).catch(() => this.kill());
    this.#epmd?.kill("SIGKILL");
    if (this.#epmd !== undefined) await ended(this.#epmd);
    await rm(this.#dir, { recursive: true, force: true, maxRetries: 5 });
  }

  #spawnNode(): ChildProcess {
    return spawn(join(BIN, "rabbitmq-server"), [], { env: this.#env, stdio: "ignore", cwd: this.#dir });
  }

  async #listening(): Promise<void> {
    await eventually(
      () => {
        if (hasEnded(this.#node))
          throw new Error(`RabbitMQ ended with ${this.#node.exitCode ?? this.#node.signalCode}`);
        return speaksAmqp(this.port);
      },
      { within: START_MS, every: 100, what: "the start of RabbitMQ" },
    );
  }
}

const cookieOf = (dir: string): string => join(dir, ".erlang.cookie");

function spawnEpmd({ RABBITMQ_NODENAME: _, ...env }: NodeJS.ProcessEnv): ChildProcess {
  return spawn("epmd", ["-port", env["ERL_EPMD_PORT"]!, "-address", "127.0.0.1"], { env, stdio: "ignore" });
}

function environment(dir: string, [port, dist, epmd]: readonly [number, number, number]): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"],
    LANG: "C.UTF-8",
    HOME: dir,
    RABBITMQ_NODENAME: `taskgen${port}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: "127.0.0.1",
    RABBITMQ_NODE_PORT: `${port}`,
    RABBITMQ_DIST_PORT: `${dist}`,
    ERL_EPMD_PORT: `${epmd}`,
    ERL_EPMD_ADDRESS: "127.0.0.1",
    RABBITMQ_MNESIA_BASE: join(dir, "mnesia"),
    RABBITMQ_LOG_BASE: join(dir, "log"),
    RABBITMQ_PID_FILE: join(dir, "rabbit.pid"),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(dir, "enabled_plugins"),
    RABBITMQ_CONFIG_FILE: join(dir, "rabbitmq"),
    RABBITMQ_CONF_ENV_FILE: join(dir, "rabbitmq-env.conf"),
    // no busy waiting: schedulers that spin take the processor from the tests
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
      "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none",
    // the start script becomes the node itself instead of watching over it
    RUNNING_UNDER_SYSTEMD: "true",
  };
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

async function ended(child: ChildProcess): Promise<void> {
  if (!hasEnded(child)) await once(child, "exit");
}
