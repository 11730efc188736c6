import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
// @ts-expect-error a script in plain JavaScript
import { startPostgres } from "../../scripts/brokers/postgres.mjs";
// @ts-expect-error a script in plain JavaScript
import { requirePrograms } from "../../scripts/brokers/programs.mjs";
import { eventually } from "./eventually.js";

interface Running {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

type Settings = Readonly<Record<string, string>>;

/** A private Postgres of one file: its data in a directory of its own, its port on the loopback interface. */
export class PostgresServer {
  readonly #folder: string;
  readonly #settings: Settings;
  #running: Running;

  private constructor(folder: string, settings: Settings, running: Running) {
    this.#folder = folder;
    this.#settings = settings;
    this.#running = running;
  }

  /** For whoever removes it himself. `settings` are those of postgresql.conf. */
  static async start(settings: Settings = {}): Promise<PostgresServer> {
    const folder = await mkdtemp(join(tmpdir(), "taskgen-postgres-"));
    await mkdir(join(folder, "server"));
    return new PostgresServer(folder, settings, await run(folder, settings));
  }

  get url(): string {
    return this.#running.url;
  }

  get port(): number {
    return this.#running.port;
  }

  /** All its processes die without a word; its data stays. */
  async kill(): Promise<void> {
    const pids = await processesOf(this.#running.pid);
    for (const pid of pids) signal(pid, "SIGKILL");
    await this.#running.stop();
    const areGone = async (): Promise<boolean> => (await Promise.all(pids.map(stateOf))).every(isGone);
    await eventually(areGone, { what: "the end of a killed Postgres" });
  }

  /** Starts again with the data that is there. */
  async restart(): Promise<void> {
    this.#running = await run(this.#folder, this.#settings, this.port);
  }

  /** Starts again as a standby, until somebody promotes it. */
  async restartAsStandby(): Promise<void> {
    await this.kill();
    await writeFile(join(this.#folder, "server/data/standby.signal"), "");
    await this.restart();
  }

  /** Stands still once this resolves: sockets stay open, nothing is answered. */
  async suspend(): Promise<void> {
    const pids = await processesOf(this.#running.pid);
    for (const pid of pids) signal(pid, "SIGSTOP");
    const stand = async (): Promise<boolean> => (await Promise.all(pids.map(stateOf))).every((state) => state !== "R");
    await eventually(stand, { what: "the standstill of a Postgres" });
  }

  async resume(): Promise<void> {
    for (const pid of await processesOf(this.#running.pid)) signal(pid, "SIGCONT");
  }

  /** Ends it and removes its data. */
  async remove(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

const run = (folder: string, settings: Settings, port?: number): Promise<Running> =>
  (startPostgres as (options: object) => Promise<Running>)({
    programs: (requirePrograms as (names: readonly string[], instead: string) => string[])(
      ["initdb", "postgres"],
      "POSTGRES_URL",
    ),
    dir: join(folder, "server"),
    port,
    settings,
  });

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // it has ended
  }
}

/** The first process of a server and its children: each of them is of a group of its own. */
async function processesOf(pid: number): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = await Promise.all(pids.map(async (one) => (await statOf(one))?.[1]));
  return [pid, ...pids.filter((_, i) => parents[i] === `${pid}`)];
}

/** State and parent of a process. */
async function statOf(pid: number): Promise<string[] | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  return text?.slice(text.lastIndexOf(")") + 2).split(" ");
}

const stateOf = async (pid: number): Promise<string | undefined> => (await statOf(pid))?.[0];

const isGone = (state: string | undefined): boolean => state === undefined || state === "Z";
