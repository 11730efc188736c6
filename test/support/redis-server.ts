import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { closedPort } from "./closed-port.js";
import { eventually } from "./eventually.js";
import { tempDir } from "./temp-dir.js";
import { within } from "./within.js";

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => socket.write("PING\r\n"));
    // n.b. one that wants a password answers too
    socket.on("data", (bytes) => (socket.destroy(), resolve(/PONG|NOAUTH/.test(bytes.toString()))));
    socket.on("error", () => resolve(false));
  });

const REDIS = "redis-server";

/** A private Redis of one test or file: a child of this process on a free loopback port, its files in a directory of its own. */
export class RedisServer {
  readonly port: number;
  readonly #directory: string;
  readonly #settings: readonly string[];
  readonly #program: readonly [string, ...string[]];
  #child: ChildProcess | undefined;

  private constructor(
    port: number,
    directory: string,
    settings: readonly string[],
    program: readonly [string, ...string[]],
  ) {
    this.port = port;
    this.#program = program;
    this.#directory = directory;
    this.#settings = settings;
  }

  /** A server that is killed after the test. `settings` are arguments such as `--maxmemory`, `10mb`. */
  static async start(...settings: readonly string[]): Promise<RedisServer> {
    const server = await RedisServer.startIn(await tempDir(), settings);
    onTestFinished(() => server.kill());
    return server;
  }

  /** The same, of one that is told with an error when its files may grow no further, as on a full disk, and does not die of it. */
  static async startOnADisk(...settings: readonly string[]): Promise<RedisServer> {
    const server = await RedisServer.startIn(await tempDir(), settings, [
      "sh",
      "-c",
      `trap "" XFSZ; exec "$0" "$@"`,
      REDIS,
    ]);
    onTestFinished(() => server.kill());
    return server;
  }

  /** The same for whoever kills it himself: the server of a whole file. */
  static async startIn(
    directory: string,
    settings: readonly string[] = [],
    program: readonly [string, ...string[]] = [REDIS],
  ): Promise<RedisServer> {
    const server = new RedisServer(await closedPort(), directory, settings, program);
    await server.restart();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again where it was, with the data it has on disk. */
  async restart(): Promise<void> {
    await this.kill();
    await mkdir(this.#directory, { recursive: true });
    const base = ["--port", `${this.port}`, "--bind", "127.0.0.1", "--dir", this.#directory, "--save", ""];
    const log = ["--logfile", join(this.#directory, "redis.log")];
    const args = [...base, ...log, "--appendonly", "yes", ...this.#settings];
    const [program, ...first] = this.#program;
    const child = spawn(program, [...first, ...args], { stdio: "ignore" });
    this.#child = child;
    const failed = once(child, "error").then(([error]) => Promise.reject(error as Error));
    await Promise.race([failed, eventually(() => answers(this.port), { what: "the start of a Redis server" })]);
    failed.catch(() => {});
  }

  /** SIGSTOP: sockets stay open, nothing answers. */
  stop(): void {
    this.#child?.kill("SIGSTOP");
  }

  resume(): void {
    this.#child?.kill("SIGCONT");
  }

  /** SIGKILL, and waits until it is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await within("the end of a killed Redis server", exited);
  }
}
