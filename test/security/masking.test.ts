import { inspect } from "node:util";
import { createApp } from "@taskgen/core";
import { createWorker } from "@taskgen/worker";
import { Redis } from "ioredis";
import { describe, expect, it, onTestFinished } from "vitest";
// @ts-expect-error a fixture in plain JavaScript
import { registry as plain } from "../engine/fixtures/registry.js";
import { nextEvent, places } from "../engine/scene.js";
import { brokerUrl } from "../support/brokers.js";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { RedisServer } from "../support/redis-server.js";
import { taskgen } from "../support/taskgen-command.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";
// @ts-expect-error a fixture in plain JavaScript
import { registry } from "./fixtures/registry.js";
import { intercept, inject, KEYS, securedScene, securedWorker, withHeader } from "./secured-scene.js";

const PASSWORD = "s3cret/of:all%";
const HIDDEN = [PASSWORD, encodeURIComponent(PASSWORD), "s3cret"];

/** All that a console or a logger could show of a value, its causes and hidden properties included. */
const allOf = (value: unknown): string =>
  inspect(value, { depth: Infinity, showHidden: true, maxStringLength: Infinity });

function expectHidden(value: unknown, secrets: readonly string[] = HIDDEN): void {
  const text = typeof value === "string" ? value : allOf(value);
  for (const secret of secrets) expect(text).not.toContain(secret);
}

/** The URL of a broker, with a user whose password is wrong. */
const withPassword = (url: string): string =>
  url.replace(/\/\/(?:[^@/]*@)?/, `//mallory:${encodeURIComponent(PASSWORD)}@`);

describe.each(["redis", "amqp"] as const)("the password for %s", (broker) => {
  expectNothingLeftRunning();

  it("is in no error of a client or a worker, nor in what they look like", async () => {
    const app = createApp({ broker: withPassword(brokerUrl(broker)), prefix: namespace(), publishTimeout: "3s" });
    onTestFinished(() => app.close());
    const refused: unknown = await within("the refusal", app.connect()).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Error);
    const unsent: unknown = await within("the refusal", app.sendUnchecked("add", [1, 2])).catch(
      (error: unknown) => error,
    );
    expect(unsent).toMatchObject({ code: "NOT_ENQUEUED" });
    const worker = createWorker({ app, registry: plain, pool: "inline" });
    const unstarted: unknown = await within("the refusal", worker.start()).catch((error: unknown) => error);
    expectHidden([refused, unsent, unstarted, app, worker, worker.health()]);
  });

  it("is in nothing that the command prints", async () => {
    const cwd = await tempDir();
    const where = ["--broker", withPassword(brokerUrl(broker))];
    const { stdout, stderr } = await taskgen(["queues", ...where], { cwd, env: { DEBUG: "taskgen" } });
    expect(stderr).toContain("taskgen: [");
    expectHidden(`${stdout}${stderr}`);
  });
});

describe("what a command to Redis carries", () => {
  expectNothingLeftRunning();

  it("is in no error when the server refuses the command", async () => {
    const server = await RedisServer.start();
    const admin = new Redis(server.port);
    onTestFinished(() => admin.disconnect());
    await admin.call("ACL", "SETUSER", "half", "on", `>${PASSWORD}`, "~*", "&*", "+@all", "-rpush", "-eval");
    const app = createApp({ broker: server.url.replace("//", `//half:${encodeURIComponent(PASSWORD)}@`) });
    onTestFinished(() => app.close());
    const error: unknown = await app.sendUnchecked("add", ["the-argument"]).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: "NOT_ENQUEUED" });
    expectHidden(error, [...HIDDEN, "the-argument"]);
  });
});

describe("keys", () => {
  expectNothingLeftRunning();
  const secrets = [...Object.values(KEYS.signing.keys), ...Object.values(KEYS.encryption.keys)];
  const place = places.find(({ name }) => name === "sqlite, threads")!;

  it("are in no error, no log line, no event and no view of an app or a worker", async () => {
    const scene = await securedScene(place);
    const lines: unknown[] = [];
    const log = (...args: readonly unknown[]): void => void lines.push(args);
    const logger = { debug: log, info: log, warn: log, error: log };
    const call = await scene.app.sendUnchecked("greet", ["the-argument"]);
    await inject(
      scene,
      withHeader(await intercept(scene), (header) => ({ ...header, task: "add" })),
    );
    const worker = scene.newWorker({ registry, logger });
    const rejected = nextEvent(worker, "task-rejected");
    await worker.start();
    const error: unknown = await call.get({ timeout: "60s" }).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: "SIGNATURE_INVALID" });
    await scene.app.sendUnchecked("greet", ["the-argument"]).get({ timeout: "60s" });
    expectHidden([error, await rejected, lines, scene.app, worker], [...secrets, "the-argument"]);
    expect(allOf(lines)).toContain("[encrypted]");
  });

  it("are not in what a worker shows of one that has others", async () => {
    const scene = await securedScene(place, { security: { signing: { keys: { a: secrets[0]! } } } });
    const error: unknown = await securedWorker(scene).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(Error);
    expectHidden(error, secrets);
  });
});
