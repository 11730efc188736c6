import { createApp } from "@taskgen/core";
import { createWorker } from "@taskgen/worker";
import { connect, type Channel } from "amqplib";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { deadLetters, inspectorOf } from "../contract-run/dead-letters.js";
import { nextEvent } from "../engine/scene.js";
import { eventually } from "../support/eventually.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { RabbitServer } from "../support/rabbitmq-server.js";
import { within } from "../support/within.js";
// @ts-expect-error a fixture in plain JavaScript
import { registry } from "./fixtures/registry.js";
import { recipe } from "./recipes.js";
import { KEYS } from "./secured-scene.js";

const LIMIT = { timeout: "60s" } as const;
const USERS = ["client", "worker"] as const;

let server: RabbitServer;

/** What a user may configure, write and read: three lines of a recipe, each a name and a pattern. */
const patternsOf = (user: string): string[] =>
  recipe(`rabbitmq-${user}`)
    .split("\n")
    .map((line) => line.replace(/^\w+ +/, ""));

beforeAll(async () => {
  server = await RabbitServer.start();
  for (const user of USERS) {
    const patterns = patternsOf(user).map((pattern) => `<<${JSON.stringify(pattern)}>>`);
    await server.evaluate(`
      rabbit_auth_backend_internal:add_user(<<"${user}">>, <<"secret-of-${user}">>, <<"test">>),
      rabbit_auth_backend_internal:set_permissions(<<"${user}">>, <<"/">>, ${patterns.join(", ")}, <<"test">>).
    `);
  }
});
afterAll(() => server.stop());

const url = (user: (typeof USERS)[number]): string => server.url.replace("//", `//${user}:secret-of-${user}@`);

describe("the recipe for RabbitMQ users", () => {
  expectNothingLeftRunning();

  function appOf(broker: string): ReturnType<typeof createApp> {
    const app = createApp({ broker, security: KEYS });
    onTestFinished(() => app.close());
    return app;
  }

  it("is enough for clients and workers", async () => {
    const [client, own] = [appOf(url("client")), appOf(url("worker"))];
    const worker = createWorker({ app: own, registry, threads: 1 });
    onTestFinished(async () => void (await worker.stop({ gracePeriod: "0ms" })));
    await within("the start", worker.start());
    expect(await client.sendUnchecked("add", [4, 4]).get(LIMIT)).toBe(8);
    expect(await client.sendUnchecked("flaky", [1], { countdown: "150ms", priority: 9 }).get(LIMIT)).toBe(1);
    const started = nextEvent(worker, "task-started");
    const endless = await client.sendUnchecked("stubborn", []);
    await started;
    await endless.revoke();
    await expect(endless.get(LIMIT)).rejects.toMatchObject({ code: "TASK_REVOKED" });
    await expect(client.sendUnchecked("reject", ["no"]).get(LIMIT)).rejects.toMatchObject({ state: "REJECTED" });
    const [id] = (await deadLetters(own, "default", 1)).keys();
    const inspector = await inspectorOf(own);
    // n.b. what was looked at is handed back, which takes the broker a moment
    const removed = async (): Promise<boolean> => (await inspector.removeDead("default", [id!])) === 1;
    await eventually(removed, { what: "the removal of a dead letter" });
  });

  it("lets a client neither take messages nor touch what is not of the service", async () => {
    const connection = await connect(url("client"));
    onTestFinished(() => connection.close());
    const refused = async (act: (channel: Channel) => Promise<unknown>): Promise<void> => {
      const channel = await connection.createChannel();
      channel.on("error", () => {});
      await expect(act(channel)).rejects.toMatchObject({ code: 403 });
    };
    await refused((channel) => channel.consume("taskgen.default", () => {}));
    await refused((channel) => channel.get("taskgen.default"));
    await refused((channel) => channel.purgeQueue("taskgen.default"));
    await refused((channel) => channel.get("taskgen:dead.default"));
    await refused((channel) => channel.assertQueue("other", { durable: true }));
    await refused((channel) => channel.assertExchange("other", "topic"));
  });
});
