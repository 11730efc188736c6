import type { Duration } from "@taskgen/core";
import type { WorkerHealth } from "@taskgen/worker";
import { brokerUrl } from "../support/brokers.js";
import type { Child } from "../support/child.js";
import { eventually } from "../support/eventually.js";
import { namespace } from "../support/namespace.js";
import { copyProject, eventLine, startTaskgen } from "../support/taskgen-command.js";
import { TcpProxy } from "../support/tcp-proxy.js";

const OPERATIONS = new URL("fixtures/operations/", import.meta.url);

/** What a worker answered to a probe. */
export interface Probe {
  readonly code: number;
  readonly body: WorkerHealth;
}

interface ProbedOptions {
  readonly prefix?: string;
  readonly lease?: Duration;
}

/** A worker process on a broker that answers probes. */
export class ProbedWorker {
  readonly child: Child;
  readonly cwd: string;
  readonly prefix: string;
  readonly #url: string;

  private constructor(
    child: Child,
    { url, cwd, prefix }: { readonly url: string; readonly cwd: string; readonly prefix: string },
  ) {
    this.child = child;
    this.cwd = cwd;
    this.prefix = prefix;
    this.#url = url;
  }

  /** One that answers probes, and may not consume yet. */
  static async start(
    broker: string,
    { prefix = namespace("ops"), lease = "20s" }: ProbedOptions = {},
  ): Promise<ProbedWorker> {
    const cwd = await copyProject(OPERATIONS);
    const always = ["--registry", "registry.js", "--threads", "1", "--json", "--health-port", "0"];
    const child = startTaskgen(["worker", ...always], {
      cwd,
      env: { TASKGEN_BROKER_URL: broker, PREFIX: prefix, LEASE: lease },
    });
    const { url } = await eventLine(child, "health-ready");
    return new ProbedWorker(child, { cwd, prefix, url: url as string });
  }

  url(path: string): string {
    return new URL(path, this.#url).href;
  }

  async probe(path = "/health"): Promise<Probe> {
    const response = await fetch(this.url(path), { signal: AbortSignal.timeout(5_000) });
    return { code: response.status, body: (await response.json()) as WorkerHealth };
  }

  /** Resolves when it runs `hold`. */
  async holds(): Promise<void> {
    await eventLine(this.child, "task-log");
  }

  /** Waits until it says so of itself. */
  until(status: WorkerHealth["status"]): Promise<Probe> {
    const look = async (): Promise<Probe | undefined> => {
      const probe = await this.probe();
      return probe.body.status === status ? probe : undefined;
    };
    return eventually(look, { what: `a worker that is ${status}`, every: 50 });
  }
}

interface Proxied {
  readonly proxy: TcpProxy;
  /** The broker's, through the proxy. */
  readonly url: URL;
}

/** A network that can be broken, between a worker and a broker that all tests share. */
export async function proxied(broker: "redis" | "amqp"): Promise<Proxied> {
  const url = new URL(brokerUrl(broker));
  const proxy = await TcpProxy.start({ host: url.hostname, port: Number(url.port) });
  url.host = `127.0.0.1:${proxy.port}`;
  return { proxy, url };
}
