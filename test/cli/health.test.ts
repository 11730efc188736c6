import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { createApp } from "@taskgen/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { openRaw } from "../sqlite/raw-database.js";
import { closedPort } from "../support/closed-port.js";
import { RedisServer } from "../support/redis-server.js";
import { copyProject, taskgen } from "../support/taskgen-command.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";
import { ProbedWorker, proxied } from "./probes.js";

const sqlite = async (): Promise<string> => `sqlite:${await tempDir()}/tasks.db`;

describe("taskgen worker --health-port", () => {
  it("says that it consumes while its server is there, and not while it is gone", async () => {
    const server = await RedisServer.start();
    const worker = await ProbedWorker.start(server.url);
    expect(await worker.until("consuming")).toMatchObject({
      code: 200,
      body: { status: "consuming", broker: { status: "up", reconnects: 0 }, queues: ["default"], owned: 0 },
    });
    await server.kill();
    const down = await worker.until("disconnected");
    expect(down).toMatchObject({ code: 503, body: { broker: { status: "down" } } });
    expect(down.body.reason).toContain(`the broker is down: ${server.url}`);
    expect(await worker.probe("/livez")).toEqual({ code: 200, body: { status: "alive" } });
    await server.restart();
    const up = await worker.until("consuming");
    expect(up).toMatchObject({ code: 200, body: { broker: { status: "up", reconnects: 1 } } });
    expect(up.body).not.toHaveProperty("reason");
  });

  it.each(["redis", "amqp"] as const)(
    "notices a network that swallows everything by itself: %s",
    async (broker) => {
      const { proxy, url } = await proxied(broker);
      if (broker === "amqp") url.searchParams.set("heartbeat", "1");
      const worker = await ProbedWorker.start(url.href);
      await worker.until("consuming");
      proxy.blackhole();
      expect(await worker.until("disconnected")).toMatchObject({ code: 503 });
      proxy.heal();
      expect(await worker.until("consuming")).toMatchObject({ code: 200 });
    },
    90_000,
  );

  it("says that it is blocked while it cannot write to its file", async () => {
    const broker = await sqlite();
    const worker = await ProbedWorker.start(broker);
    await worker.until("consuming");
    const app = createApp({ broker, prefix: worker.prefix });
    onTestFinished(() => app.close());
    const gate = join(worker.cwd, "gate");
    const held = await app.sendUnchecked("hold", [gate]);
    await worker.holds();
    const raw = await openRaw(broker.slice("sqlite:".length));
    raw.exec("BEGIN IMMEDIATE");
    expect(await worker.until("blocked")).toMatchObject({ code: 503, body: { owned: 1 } });
    raw.exec("ROLLBACK");
    expect(await worker.until("consuming")).toMatchObject({ code: 200 });
    await writeFile(gate, "");
    expect(await held.get({ timeout: "60s" })).toBe("released");
  });

  it("says that it drains, with how many tasks it still runs, until it is gone", async () => {
    const broker = await sqlite();
    const worker = await ProbedWorker.start(broker);
    const app = createApp({ broker, prefix: worker.prefix });
    onTestFinished(() => app.close());
    const gate = join(worker.cwd, "gate");
    const held = await app.sendUnchecked("hold", [gate]);
    await worker.holds();
    worker.child.signal("SIGTERM");
    expect(await worker.until("draining")).toMatchObject({ code: 503, body: { owned: 1 } });
    expect(await worker.probe("/livez")).toMatchObject({ code: 200 });
    await writeFile(gate, "");
    expect(await held.get({ timeout: "60s" })).toBe("released");
    expect(await within("the worker's end", worker.child.exited)).toEqual({ code: 0, signal: null });
    await expect(worker.probe()).rejects.toThrow();
  });

  it("says that it starts while its broker is not there, and ends with 0 when it is told to", async () => {
    const worker = await ProbedWorker.start(`redis://127.0.0.1:${await closedPort()}`);
    const starting = await worker.until("starting");
    expect(starting.code).toBe(503);
    expect(await worker.probe("/livez")).toMatchObject({ code: 200 });
    worker.child.signal("SIGTERM");
    expect(await within("the worker's end", worker.child.exited)).toEqual({ code: 0, signal: null });
    expect(worker.child.stderr).toBe("");
    expect(worker.child.lines.at(-1)).toMatchObject({ event: "worker-stopped" });
  });

  it("answers GET and HEAD on its own paths alone", async () => {
    const worker = await ProbedWorker.start(await sqlite());
    await worker.until("consuming");
    const ask = async (method: string, path: string): Promise<readonly [number, string]> => {
      const response = await fetch(worker.url(path), { method });
      return [response.status, await response.text()];
    };
    expect(await ask("HEAD", "/health")).toEqual([200, ""]);
    expect(await ask("GET", "/readyz?verbose=1")).toMatchObject([200, expect.stringContaining('"consuming"')]);
    expect((await ask("GET", "/"))[0]).toBe(404);
    expect((await ask("GET", "/metrics"))[0]).toBe(404);
    expect((await ask("POST", "/health"))[0]).toBe(405);
  });

  it("refuses a port that is taken, and what is no port, before it starts", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as AddressInfo;
    const cwd = await copyProject(new URL("fixtures/operations/", import.meta.url));
    const start = (value: string): ReturnType<typeof taskgen> =>
      taskgen(["worker", "--registry", "registry.js", "--broker", "sqlite:tasks.db", "--health-port", value], { cwd });
    const refused = await start(`${port}`);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(/^taskgen: \[HEALTH_UNAVAILABLE\] .*127\.0\.0\.1:\d+: .*EADDRINUSE.*\n$/);
    for (const value of ["65536", "http", "-1", "8080.5"])
      expect(await start(value)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^taskgen: \[USAGE\] /) as string,
      });
  });
});
