import { inspect } from "node:util";
import { createApp, type KeyOptions, type Registry, type SecurityOptions } from "@taskgen/core";
import { createWorker } from "@taskgen/worker";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
// @ts-expect-error a fixture in plain JavaScript
import { registry as plain } from "../engine/fixtures/registry.js";
import { places } from "../engine/scene.js";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { within } from "../support/within.js";
// @ts-expect-error a fixture in plain JavaScript
import { registry } from "./fixtures/registry.js";
import { KEYS, securedScene } from "./secured-scene.js";

const SECRET = "a-secret-of-forty-characters-that-nobody-";

async function refused(security: SecurityOptions | undefined): Promise<Error> {
  const app = createApp({ broker: `memory:${namespace()}`, ...(security !== undefined && { security }) });
  onTestFinished(() => app.close());
  return app.connect().then(
    () => new Error("it was connected"),
    (error: Error) => error,
  );
}

const invalid = (pattern: RegExp): object => ({
  code: "OPTION_INVALID",
  message: expect.stringMatching(pattern) as string,
});

describe("keys that are wrong", () => {
  expectNothingLeftRunning();
  afterEach(() => vi.unstubAllEnvs());

  const wrong: Record<string, readonly [SecurityOptions, RegExp]> = {
    "a short secret": [
      { signing: { keys: { a: SECRET.slice(0, 20) } } },
      /security\.signing: the key a has less than 32/,
    ],
    "no secret": [
      { signing: { keys: { a: undefined } as unknown as KeyOptions["keys"] } },
      /the key a has less than 32/,
    ],
    "no keys": [{ signing: { keys: {} } }, /has no keys/],
    "two keys, none used": [{ signing: { keys: { a: SECRET, b: SECRET } } }, /several keys; name the one to use/],
    "a key to use that is not there": [{ signing: { keys: { a: SECRET }, use: "b" } }, /use names "b"/],
    "a wrong id": [{ signing: { keys: { "a b": SECRET } } }, /a key whose id is not/],
    "an encryption key that is no base64": [
      { encryption: { keys: { a: SECRET } } },
      /the key a is not 32 bytes in base64/,
    ],
    "an encryption key of another length": [
      { encryption: { keys: { a: Buffer.from(SECRET).toString("base64") } } },
      /the key a is not 32 bytes in base64; make one with/,
    ],
  };

  it.each(Object.entries(wrong))("are refused before anything is sent: %s", async (_, [security, pattern]) => {
    const error = await refused(security);
    expect(error).toMatchObject(invalid(pattern));
    expect(inspect(error, { depth: Infinity })).not.toContain(SECRET.slice(0, 20));
  });

  it.each([
    ["no id", { TASKGEN_SIGNING_KEYS: SECRET }, /TASKGEN_SIGNING_KEYS is a list of id:key/],
    [
      "neither yes nor no",
      { TASKGEN_SIGNING_KEYS: `a:${SECRET}`, TASKGEN_SIGNING_REQUIRE: "no" },
      /_REQUIRE is "true" or/,
    ],
    ["a short one", { TASKGEN_ENCRYPTION_KEYS: "a:short" }, /security\.encryption: the key a is not/],
  ])("are refused in the environment: %s", async (_, variables, pattern) => {
    for (const [name, text] of Object.entries(variables)) vi.stubEnv(name, text);
    const error = await refused(undefined);
    expect(error).toMatchObject(invalid(pattern));
    expect(inspect(error, { depth: Infinity })).not.toContain(SECRET);
  });
});

describe("keys of the environment", () => {
  expectNothingLeftRunning();
  afterEach(() => vi.unstubAllEnvs());

  it.each(places.filter(({ name }) => /sqlite/.test(name)))("reach the worker and its tasks: $name", async (place) => {
    vi.stubEnv("TASKGEN_SIGNING_KEYS", `2026a:${SECRET},2025b:${SECRET}old`);
    vi.stubEnv("TASKGEN_ENCRYPTION_KEYS", `new:${KEYS.encryption.keys["new"]}`);
    const scene = await securedScene(place, { security: undefined });
    await scene.worker();
    expect(await scene.app.sendUnchecked("add", [4, 4]).get({ timeout: "60s" })).toBe(8);
  });
});

describe("threads and processes whose app has other keys than their worker's", () => {
  expectNothingLeftRunning();

  it.each([
    ["none, threads", "threads", plain, KEYS],
    ["none, processes", "processes", plain, KEYS],
    ["more", "threads", registry, {}],
    ["others", "threads", registry, { signing: { keys: { a: SECRET } } }],
    ["other rules", "threads", registry, { ...KEYS, signing: { ...KEYS.signing, require: false } }],
  ] as const)("do not start: %s", async (_, pool, tasks, security) => {
    const app = createApp({ broker: `memory:${namespace()}`, security });
    onTestFinished(() => app.close());
    const one = pool === "threads" ? { threads: 1 } : { processes: 1 };
    const worker = createWorker({ app, registry: tasks as Registry, pool, ...one });
    await expect(within("the start", worker.start())).rejects.toThrow(/keys of the worker's app are not those/);
  });
});
