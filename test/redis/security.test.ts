import { openResults, openTransport } from "@taskgen/core/internal";
import { Redis } from "ioredis";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { consume, consumeAndSettle } from "../conformance/inbox.js";
import { bytes, done, message, send, textsOf } from "../conformance/messages.js";
import { record, seen } from "../conformance/results/records.js";
import { certificates } from "../support/certificates.js";
import { eventually } from "../support/eventually.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { RedisServer } from "../support/redis-server.js";
import { tlsQuery, tlsServer } from "../support/redis-tls.js";
import { within } from "../support/within.js";
import { openBoth } from "./opening.js";

const quiet = { state: () => {}, error: () => {} };

async function start(url: string): Promise<void> {
  const transport = await openTransport(url);
  try {
    await within("the start", transport.start(quiet));
  } finally {
    await transport.close(AbortSignal.timeout(3_000));
  }
}

/** All that an error carries, as text. */
function shown(error: unknown): string {
  if (!(error instanceof Error)) return JSON.stringify(error);
  return JSON.stringify([Object.entries(error), error.message, error.stack, shown(error.cause)]);
}

describe("redis through TLS", () => {
  expectNothingLeftRunning();

  it("moves messages, results, broadcasts and heartbeats, trusting an authority of one's own", async () => {
    const files = await certificates();
    const url = await tlsServer(files, "--tls-auth-clients", "no");
    const { transport, results } = await openBoth(url + tlsQuery({ ca: files.ca }), { leaseMs: 900, heartbeatMs: 100 });
    expect(transport.location).toBe(`${url}/0`);
    const { inbox } = await consume(transport, "q", 1);
    await send(transport, message("q", "one"));
    const [delivery] = await inbox.arrived(1);
    const heard: string[] = [];
    await transport.listen("topic", (text) => void heard.push(Buffer.from(text).toString()));
    const one = record(results, "8");
    const waiting = results.wait(one.id);
    await results.put([one]);
    expect(seen(await within("the result", waiting))).toBe("SUCCESS 8");
    await transport.broadcast("topic", bytes("hello"));
    await eventually(() => heard[0] === "hello", { what: "the broadcast" });
    await done(transport, [delivery!]);
  });

  it("shows a certificate of its own where the server asks for one", async () => {
    const files = await certificates();
    const url = await tlsServer(files, "--tls-auth-clients", "yes");
    await start(url + tlsQuery(files));
    await expect(start(url + tlsQuery({ ca: files.ca }))).rejects.toMatchObject({ code: "BROKER_ERROR" });
  });

  it("says at once why a certificate is not trusted", async () => {
    const files = await certificates();
    const url = await tlsServer(files, "--tls-auth-clients", "no");
    const elsewhere = await certificates("DNS:elsewhere.example");
    const misnamed = await tlsServer(elsewhere, "--tls-auth-clients", "no");
    const refused = (why: RegExp) => ({ code: "BROKER_ERROR", message: expect.stringMatching(why) as string });
    for (const where of [url, `${url}/?cluster=1`, `${url}/?sentinel=tasks`]) {
      await expect(start(where)).rejects.toMatchObject(refused(/certificate/));
    }
    await expect(start(url + tlsQuery({ ca: elsewhere.ca }))).rejects.toMatchObject(refused(/certificate/));
    await expect(start(misnamed + tlsQuery({ ca: elsewhere.ca }))).rejects.toMatchObject(refused(/altnames/));
  });

  it("verifies the certificate also where the environment switches that off", async () => {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    onTestFinished(() => void vi.unstubAllEnvs());
    const url = await tlsServer(await certificates(), "--tls-auth-clients", "no");
    await expect(start(url)).rejects.toMatchObject({ code: "BROKER_ERROR" });
  });

  it("refuses files that are not there, and files for a connection in the clear", async () => {
    const wrong = { code: "BROKER_URL_INVALID" };
    await expect(start(`rediss://127.0.0.1:1${tlsQuery({ ca: "/nowhere/ca.pem" })}`)).rejects.toMatchObject(wrong);
    await expect(start(`redis://127.0.0.1:1${tlsQuery({ ca: "/nowhere/ca.pem" })}`)).rejects.toMatchObject(wrong);
  });
});

describe("redis with users", () => {
  expectNothingLeftRunning();

  const PASSWORD = "p@ss:w/rd%";
  const RIGHTS = "~{taskgen:* ~taskgen:* &taskgen:* +@all -@admin -@dangerous +info +role";

  async function serverWithUsers(): Promise<{ readonly url: (user: string, password: string) => string }> {
    const server = await RedisServer.start();
    const admin = new Redis(server.port);
    onTestFinished(() => admin.disconnect());
    await admin.call("ACL", "SETUSER", "worker", "on", `>${PASSWORD}`, ...RIGHTS.split(" "));
    await admin.call("ACL", "SETUSER", "mute", "on", `>${PASSWORD}`, "~*", "+@all", "resetchannels");
    await admin.call("ACL", "SETUSER", "default", "off");
    const url = (user: string, password: string): string =>
      server.url.replace("//", `//${user}:${encodeURIComponent(password)}@`);
    return { url };
  }

  it("needs no more rights than those of the documentation", async () => {
    const { url } = await serverWithUsers();
    const here = url("worker", PASSWORD);
    const { transport, results, told } = await openBoth(here, { leaseMs: 900, heartbeatMs: 100 });
    const { inbox } = await consumeAndSettle(transport, "q", 10);
    await transport.declare([{ name: "q" }]);
    await transport.listen("topic", () => {});
    await send(transport, message("q", "one"), message("q", "later", { eta: Date.now() + 20, priority: 9 }));
    expect(textsOf(await inbox.arrived(2)).toSorted()).toEqual(["later", "one"]);
    const one = record(results, "8");
    const waiting = results.wait(one.id);
    await results.put([one]);
    await within("the result", waiting);
    await transport.depths();
    expect(told).toMatchObject({ states: ["up"], errors: [] });
  });

  it("shows the password nowhere", async () => {
    const { url } = await serverWithUsers();
    const refused = async (where: string): Promise<string> => start(where).then(() => "started", shown);
    const texts = await Promise.all([refused(url("worker", "p@ss-wrong")), refused(url("nobody", PASSWORD))]);
    for (const text of texts) expect(text).toMatch(/WRONGPASS/);
    expect((await openTransportOf(url("worker", PASSWORD))).location).not.toMatch(/worker|p@ss/);
    expect(texts.join()).not.toMatch(/p@ss|p%40ss/);
  });

  it("says at the start that a user may not publish, rather than leave callers without their results", async () => {
    const { url } = await serverWithUsers();
    const results = await openResults(url("mute", PASSWORD));
    await expect(within("the start", results.start(quiet))).rejects.toMatchObject({
      code: "BROKER_ERROR",
      message: expect.stringContaining("NOPERM") as string,
    });
    await expect(within("waiting", results.wait("id"))).rejects.toMatchObject({ code: "BROKER_ERROR" });
    await results.close(AbortSignal.timeout(1_000));
  });

  async function openTransportOf(url: string): Promise<{ readonly location: string }> {
    const transport = await openTransport(url);
    await transport.close(AbortSignal.timeout(1_000));
    return transport;
  }
});
