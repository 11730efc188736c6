import { execFile } from "node:child_process";
import { cp, realpath, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { openTransport } from "@taskgen/core/internal";
import { describe, expect, it } from "vitest";
import { message } from "../conformance/messages.js";
import { spawnChild } from "../support/child.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { RedisServer } from "../support/redis-server.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";
import { openBoth } from "./opening.js";

const quiet = { state: () => {}, error: () => {} };

async function start(url: string): Promise<unknown> {
  const transport = await openTransport(url);
  try {
    return await within("the start", transport.start(quiet));
  } finally {
    await transport.close(AbortSignal.timeout(3_000));
  }
}

const durabilityOf = async (...settings: readonly string[]): Promise<string> => {
  const server = await RedisServer.start(...settings);
  return (await openBoth(server.url)).transport.caps.durability;
};

describe("redis, what it is told of a server", () => {
  expectNothingLeftRunning();

  it("refuses a server that may throw tasks away, unless it is allowed", async () => {
    const server = await RedisServer.start("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru");
    await expect(start(server.url)).rejects.toMatchObject({
      code: "OPTION_INVALID",
      message: expect.stringContaining("allkeys-lru") as string,
    });
    await start(`${server.url}?allowEviction=1`);
  });

  it("says what survives which failure", async () => {
    expect(await durabilityOf("--appendfsync", "always")).toBe("power loss (AOF always)");
    expect(await durabilityOf("--appendfsync", "everysec")).toMatch(/^process crash \(AOF everysec/);
    expect(await durabilityOf("--appendonly", "no", "--save", "900 1")).toMatch(/^RDB only/);
    expect(await durabilityOf("--appendonly", "no")).toMatch(/^none/);
  });

  it("says what each failure takes", async () => {
    const lossesOf = async (...settings: readonly string[]): Promise<object | undefined> => {
      const server = await RedisServer.start(...settings);
      return (await openBoth(`${server.url}?allowEviction=1`)).transport.caps.losses;
    };
    const full = "nothing: calls are refused with BROKER_FULL";
    const alone = "everything: no replica is connected";
    const usual = { machineGone: alone, noRoom: full };
    const everySecond = "the last second or two (appendfsync everysec)";
    const seldom = "what the system has not written yet: about 30 s (appendfsync no)";
    const snapshot = "what was stored since the last snapshot (save 900 1)";
    const snapshots = { ...usual, brokerKilled: snapshot, powerLoss: snapshot };
    const none = { ...usual, brokerKilled: "everything", powerLoss: "everything" };
    expect(await lossesOf("--appendfsync", "always")).toEqual({
      ...usual,
      brokerKilled: "nothing",
      powerLoss: "nothing",
    });
    expect(await lossesOf("--appendfsync", "everysec")).toMatchObject({
      brokerKilled: "nothing",
      powerLoss: everySecond,
    });
    expect(await lossesOf("--appendfsync", "no")).toMatchObject({ brokerKilled: "nothing", powerLoss: seldom });
    expect(await lossesOf("--appendonly", "no", "--save", "900 1")).toEqual(snapshots);
    expect(await lossesOf("--appendonly", "no")).toEqual(none);
    expect(await lossesOf("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")).toMatchObject({
      noRoom: "whatever Redis throws away (maxmemory-policy allkeys-lru)",
    });
  });

  it("answers BROKER_FULL when the memory is full, and nothing was stored", async () => {
    const server = await RedisServer.start("--maxmemory", "4mb");
    const { transport } = await openBoth(server.url);
    await transport.declare([{ name: "q" }]);
    const body = new Uint8Array(512 * 1024);
    const outcomes = await transport.send(
      Array.from({ length: 20 }, () => ({ ...message("q", ""), body })),
      AbortSignal.timeout(10_000),
    );
    const stored = outcomes.filter((outcome) => outcome === "stored").length;
    const refused = outcomes.filter((outcome) => outcome !== "stored");
    expect(refused.length).toBeGreaterThan(0);
    for (const outcome of refused)
      expect(outcome).toMatchObject({ code: "BROKER_FULL", certain: true, retriable: true });
    expect(await transport.depths()).toMatchObject([{ waiting: stored }]);
  });

  it("uses credentials and shows them nowhere", async () => {
    const server = await RedisServer.start("--requirepass", "s3cr:t");
    const url = (password: string): string => server.url.replace("//", `//:${encodeURIComponent(password)}@`);
    const { transport, results, told } = await openBoth(url("s3cr:t"));
    expect([transport.location, results.location]).toEqual([`${server.url}/0`, `${server.url}/0`]);
    const refusals = await Promise.allSettled([start(url("wr0ng")), start(server.url)]);
    const shown = JSON.stringify(refusals.map((one) => (one.status === "rejected" ? inspectDeeply(one.reason) : one)));
    expect(shown).toMatch(/WRONGPASS.*NOAUTH/);
    expect(shown).not.toMatch(/s3cr|wr0ng/);
    const down = told.next("down");
    await server.kill();
    expect(await within("the reason", down)).not.toMatch(/s3cr/);
  });

  it("refuses what its URL does not know", async () => {
    for (const url of ["redis://h/x", "redis://h?db=1", "redis://h/2?cluster=1", "redis://h?cluster=1&sentinel=m"]) {
      await expect(openTransport(url)).rejects.toMatchObject({ code: "BROKER_URL_INVALID" });
    }
    expect((await closed("redis://a,b:26380/1?sentinel=m")).location).toBe("redis://a:26380,b:26380/1?sentinel=m");
    expect((await closed("rediss://[::1]/")).location).toBe("rediss://[::1]:6379/0");
    expect((await closed("redis://a:1/?cluster=1&nodes=b:2,c")).location).toBe("redis://a:1,b:2,c:6379/0?cluster=1");
  });

  it("says what to install where ioredis is missing", async () => {
    const folder = await tempDir();
    const modules = (name: string): string => join(folder, "node_modules", name);
    const installed = (name: string): string => fileURLToPath(new URL(`../../node_modules/${name}`, import.meta.url));
    await cp(`${await realpath(installed("@taskgen/core"))}/dist`, modules("@taskgen/core/dist"), { recursive: true });
    await cp(`${installed("@taskgen/core")}/package.json`, modules("@taskgen/core/package.json"));
    for (const name of ["superjson", "zod"]) await symlink(installed(name), modules(name));
    const program = `
      import { openTransport } from "@taskgen/core/internal";
      const transport = await openTransport("redis://127.0.0.1:1");
      const on = { state: () => {}, error: () => {} };
      await transport.start(on).catch(({ code, message }) => console.log(JSON.stringify({ code, message })));
    `;
    await writeFile(join(folder, "program.mjs"), program);
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(folder, "program.mjs")]);
    expect(JSON.parse(stdout)).toMatchObject({
      code: "BROKER_DRIVER_MISSING",
      message: expect.stringContaining("npm install ioredis") as string,
    });
    expect(stderr).toBe("");
  });

  it("loads ioredis and no other broker's library, and lets a client end by itself", async () => {
    const server = await RedisServer.start();
    const child = spawnChild(new URL("./fixtures/client.ts", import.meta.url), { args: [server.url] });
    expect(await within("the end of the client", child.exited)).toEqual({ code: 0, signal: null });
    expect(child.stderr).toBe("");
    const [said] = child.lines as { state: string; libraries: string[] }[];
    expect(said!.state).toBe("SUCCESS");
    expect(said!.libraries).toEqual(["ioredis"]);
    expect(createRequire(import.meta.url).resolve("ioredis")).toContain("ioredis");
  });
});

async function closed(url: string): Promise<{ readonly location: string }> {
  const transport = await openTransport(url);
  await transport.close(AbortSignal.timeout(1_000));
  return transport;
}

/** An error with all it carries. */
function inspectDeeply(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return { own: Object.entries(error), message: error.message, stack: error.stack, cause: inspectDeeply(error.cause) };
}
