import { createApp } from "@taskgen/core";
import { openResults, openTransport } from "@taskgen/core/internal";
import { describe, expect, it } from "vitest";
import { brokerUrl } from "../support/brokers.js";
import { closedPort } from "../support/closed-port.js";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { within } from "../support/within.js";
import { admin, open, prepare } from "./opening.js";

/** The shared server's URL, changed. */
function changed(change: (url: URL) => void): string {
  const url = new URL(brokerUrl("postgres"));
  change(url);
  return url.href;
}

describe("results in a Postgres that refuses", () => {
  expectNothingLeftRunning();

  it.each([
    [
      "a wrong password",
      (url: URL) => void (url.password = "wr0ng-secret"),
      /password authentication failed.*check the user and the password/,
    ],
    [
      "a database that is not there",
      (url: URL) => void (url.pathname = "/nowhere"),
      /"nowhere" does not exist; create the database/,
    ],
    [
      "no TLS",
      (url: URL) => url.searchParams.set("sslmode", "require"),
      /does not support SSL connections; check sslmode/,
    ],
  ])("says so: %s", async (_, change, text) => {
    const { start } = await prepare(changed(change));
    const failure = await within("the refusal", start()).then(
      () => undefined,
      (error: Error) => error,
    );
    expect(failure).toMatchObject({ code: "BROKER_ERROR", certain: true, retriable: false });
    expect(failure!.message).toMatch(text);
    expect(failure!.message).not.toContain("wr0ng-secret");
  });

  it("says which right is missing, and does with a schema that others made", async () => {
    const client = await admin(brokerUrl("postgres"));
    const [role, prefix] = [namespace("r"), namespace("p")];
    await client.query(`CREATE ROLE "${role}" LOGIN PASSWORD 'x'`);
    const url = changed((to) => Object.assign(to, { username: role, password: "x" }));
    const { start } = await prepare(url, { prefix });
    await expect(within("the refusal", start())).rejects.toThrow(/permission denied.*grant CREATE/);
    await client.query(`CREATE SCHEMA "${prefix}" AUTHORIZATION "${role}"`);
    const { results } = await open(url, { prefix });
    expect(await results.put([{ id: "1", state: "SUCCESS", body: Buffer.from("1"), ttlMs: 1_000 }])).toEqual([
      "stored",
    ]);
    await client.query(`DROP SCHEMA "${prefix}" CASCADE; DROP ROLE "${role}"`);
  });

  it("does not touch tables of a newer version, nor those of others", async () => {
    const client = await admin(brokerUrl("postgres"));
    const { prefix } = await open(brokerUrl("postgres"));
    await client.query(`UPDATE "${prefix}".version SET version = 99`);
    const newer = await prepare(brokerUrl("postgres"), { prefix });
    await expect(newer.start()).rejects.toMatchObject({ code: "OPTION_INVALID" });
    const taken = namespace("p");
    await client.query(`CREATE SCHEMA "${taken}"; CREATE TABLE "${taken}".results (mine int)`);
    const others = await prepare(brokerUrl("postgres"), { prefix: taken });
    await expect(others.start()).rejects.toThrow('relation "results" already exists; it is of others');
    expect((await client.query(`SELECT * FROM "${taken}".results`)).rows).toEqual([]);
  });

  it("waits for a server that is not there, until it is closed", async () => {
    const port = await closedPort();
    const { results, told, start } = await prepare(`postgres://127.0.0.1:${port}/x`);
    const down = told.next("down");
    const ended = expect(start()).rejects.toMatchObject({ code: "RESULT_CLOSED" });
    expect(await down).toContain("ECONNREFUSED");
    await within("closing", results.close(AbortSignal.timeout(1_000)));
    await ended;
  });

  it.each([
    ["postgres://host/db?ssl=1", "it knows the options"],
    ["postgres://host/db?sslmode=prefer", "sslmode is one of"],
    ["postgres://host/db?sslrootcert=x", "needs an sslmode"],
    ["postgres://host/db?connections=0", "connections is a number"],
    ["postgres://a,b/db", "several hosts"],
    ["postgres://%zz@host/db", "percent-encoded"],
  ])("refuses the URL %s", async (url, text) => {
    await expect(openResults(url)).rejects.toMatchObject({ code: "BROKER_URL_INVALID" });
    await expect(openResults(url)).rejects.toThrow(text);
  });

  it.each(["pg_tasks", "", "x".repeat(64), "a\0b"])("refuses the prefix %j", async (prefix) => {
    await expect(openResults("postgres://host/db", { prefix })).rejects.toMatchObject({ code: "OPTION_INVALID" });
  });

  it("is no broker, and says what it is", async () => {
    await expect(openTransport("postgres://host/db")).rejects.toMatchObject({ code: "BROKER_URL_INVALID" });
    await expect(openTransport("postgres://host/db")).rejects.toThrow("stores results only");
    const app = createApp({ broker: "postgresql://host/db" });
    await expect(app.sendUnchecked("add", [1, 2])).rejects.toMatchObject({ code: "NOT_ENQUEUED", certain: true });
    await app.close();
  });

  it("shows where it is without credentials", async () => {
    const results = await openResults("postgresql://me:secret@[::1]/db?sslmode=verify-full&connections=5");
    expect(results.location).toBe("postgres://[::1]:5432/db");
    await results.close(AbortSignal.timeout(1_000));
    const socket = await openResults("postgres:///db?host=/var/run/postgresql");
    expect(socket.location).toBe("postgres:///var/run/postgresql:5432/db");
    await socket.close(AbortSignal.timeout(1_000));
  });
});
