import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Scene } from "../engine/scene.js";
import { brokerUrl } from "../support/brokers.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { PostgresServer } from "../support/postgres-server.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";

const COUNT = 300;

let server: PostgresServer;

beforeAll(async () => void (server = await PostgresServer.start()));
afterAll(() => server.remove());

/** Resolves when so many calls are done. */
function progress(calls: readonly Promise<unknown>[], enough: number): Promise<void> {
  let done = 0;
  return new Promise((resolve) => {
    for (const call of calls) void call.then(() => ++done === enough && resolve());
  });
}

describe.each([
  ["redis", async () => brokerUrl("redis")],
  ["amqp", async () => brokerUrl("amqp")],
  ["sqlite", async () => `sqlite:${await tempDir()}/tasks.db`],
] as const)("a worker on %s with results in a Postgres", (name, broker) => {
  expectNothingLeftRunning();

  it("stores all results, and tells all callers, though the server is killed in between", async () => {
    const backend = async (): Promise<string> => server.url;
    const scene = await Scene.open({ name, broker, backend, pool: "threads" });
    await scene.worker();
    const call = async (i: number): Promise<unknown> => (await scene.app.sendUnchecked("add", [i, 1])).get();
    const first = Array.from({ length: COUNT }, (_, i) => call(i));
    await within("some results", progress(first, COUNT / 10));
    await server.kill();
    const second = Array.from({ length: COUNT }, (_, i) => call(COUNT + i));
    await server.restart();
    const values = await within("all results", Promise.all([...first, ...second]), 60_000);
    expect(values).toEqual(values.map((_, i) => i + 1));
  }, 120_000);
});
