import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canRevoke, createId, openTransport } from "@taskgen/core/internal";
import { describe, expect, it } from "vitest";
import { consume } from "../conformance/inbox.js";
import { bytes, deadline, done, message, messages, send, textsOf } from "../conformance/messages.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { tempDir } from "../support/temp-dir.js";
import { openBoth } from "./opening.js";
import { openRaw } from "./raw-database.js";

const QUEUE = "work";
const silent = { state: () => {}, error: () => {} };

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe("sqlite files", () => {
  expectNothingLeftRunning();

  it("makes directory, file and .gitignore, readable by the owner only", async () => {
    const path = join(await tempDir(), "a b", ".taskgen", "tasks é.db");
    const { transport } = await openBoth(`sqlite:${encodeURI(path)}`);
    await send(transport, message(QUEUE, "one"));
    expect(transport.location).toBe(`sqlite:${path}`);
    expect(readFileSync(join(path, "..", ".gitignore"), "utf8")).toBe("*\n");
    expect([path, `${path}-wal`, `${path}-work`].map(modeOf)).toEqual([0o600, 0o600, 0o600]);
  });

  it("refuses a file that is no database, with its name", async () => {
    const path = join(await tempDir(), "tasks.db");
    writeFileSync(path, "this is not a database, but it is long enough to look like one\n".repeat(100));
    const transport = await openTransport(`sqlite:${path}`);
    await expect(transport.start(silent)).rejects.toMatchObject({ code: "BROKER_ERROR", retriable: false });
    await expect(transport.start(silent)).rejects.toThrow(path);
    await transport.close(deadline());
  });

  it("adds the table of revocations to a file that was made before there was one", async () => {
    const path = join(await tempDir(), "tasks.db");
    const { transport, results } = await openBoth(`sqlite:${path}`);
    await send(transport, message(QUEUE, "old"));
    await Promise.all([transport.close(deadline()), results.close(deadline())]);
    const raw = await openRaw(path);
    raw.exec('DROP TABLE "taskgen:revocation"');
    const again = await openBoth(`sqlite:${path}`);
    if (!canRevoke(again.results)) throw new Error("it keeps no revocations");
    await again.results.mark([{ id: "a", ttlMs: 60_000, terminate: true, children: false }]);
    expect(await again.results.marks()).toMatchObject([{ id: "a", terminate: true, children: false }]);
    const { inbox } = await consume(again.transport, QUEUE, 1);
    expect(textsOf(await inbox.arrived(1))).toEqual(["old"]);
  });

  it("refuses a directory that it cannot make", async () => {
    const file = join(await tempDir(), "file");
    writeFileSync(file, "");
    const transport = await openTransport(`sqlite:${file}/tasks.db`);
    await expect(transport.start(silent)).rejects.toMatchObject({ name: "TransportError" });
    await transport.close(deadline());
  });

  it("says that the database is locked, certainly changed nothing, and goes on afterwards", async () => {
    const path = join(await tempDir(), "tasks.db");
    const { transport, told } = await openBoth(`sqlite:${path}`);
    const raw = await openRaw(path);
    raw.exec("BEGIN IMMEDIATE");
    const one = message(QUEUE, "one");
    const failure = { code: "BROKER_UNAVAILABLE", certain: true, retriable: true };
    await expect(transport.send([one], deadline())).rejects.toMatchObject(failure);
    raw.exec("COMMIT");
    await send(transport, one);
    expect(told.states).toEqual(["up", "blocked", "up"]);
    expect((await transport.depths())[0]).toMatchObject({ waiting: 1 });
  });

  it("says that the database is full, keeps what it took, and can be emptied", async () => {
    const path = join(await tempDir(), "tasks.db");
    const { transport } = await openBoth(`sqlite:${path}?max-bytes=400000`);
    const large = (): ReturnType<typeof message> => ({ ...message(QUEUE, ""), body: new Uint8Array(50_000) });
    const sent = await fillUp(() => transport.send([large()], deadline()));
    expect(sent).toBeGreaterThan(2);
    await expect(transport.send([large()], deadline())).rejects.toMatchObject({ code: "BROKER_FULL", certain: true });
    const { inbox } = await consume(transport, QUEUE, 100);
    await done(transport, await inbox.arrived(sent));
    await send(transport, large());
  });

  it("goes on with a new file when its own was deleted, and says so to who waits", async () => {
    const path = join(await tempDir(), "tasks.db");
    const { transport, results, told } = await openBoth(`sqlite:${path}`);
    const { inbox } = await consume(transport, QUEUE, 10);
    const waiting = expect(results.wait("lost")).rejects.toMatchObject({ code: "RESULT_LOST" });
    await send(transport, message(QUEUE, "before"));
    const again = told.next("up");
    for (const suffix of ["", "-wal", "-shm"]) rmSync(path + suffix);
    await Promise.all([waiting, again]);
    expect(told.errors.map(String).join()).toContain("was deleted or replaced");
    const other = await openBoth(`sqlite:${path}`);
    await send(other.transport, message(QUEUE, "after"));
    expect(textsOf(await inbox.arrived(2))).toEqual(["before", "after"]);
  });

  it("keeps two prefixes of one file apart", async () => {
    const url = `sqlite:${join(await tempDir(), "tasks.db")}`;
    const [one, two] = [await openBoth(url, { prefix: 'one"; --' }), await openBoth(url, { prefix: "two" })];
    const id = createId();
    await send(one.transport, { ...message(QUEUE, "of one"), id });
    await send(two.transport, { ...message(QUEUE, "of two"), id });
    const { inbox } = await consume(two.transport, QUEUE, 10);
    expect(textsOf(await inbox.arrived(1))).toEqual(["of two"]);
    expect(await one.transport.depths()).toMatchObject([{ queue: QUEUE, waiting: 1, owned: 0 }]);
    expect(two.transport.fuse(one.results)).toBeUndefined();
    expect(two.transport.fuse(two.results)).toBeDefined();
  });

  it("takes a few bodies of many bytes at a time, and all of them in the end", async () => {
    const { transport } = await openBoth(`sqlite:${join(await tempDir(), "tasks.db")}`);
    const body = bytes("x".repeat(3 * 1024 * 1024));
    await send(transport, ...messages(QUEUE, 12).map((one) => ({ ...one, body })));
    const { inbox } = await consume(transport, QUEUE, 100);
    const deliveries = await inbox.arrived(12);
    expect(deliveries.every(({ envelope }) => envelope.body.length === body.length)).toBe(true);
    await done(transport, deliveries);
  });

  it("survives many garbage collections of its thread", async () => {
    const { transport, results } = await openBoth(`sqlite:${join(await tempDir(), "tasks.db")}`);
    const body = new Uint8Array(1024 * 1024).fill(7);
    for (let round = 0; round < 60; round++) {
      const id = createId();
      await results.put([{ id, state: "SUCCESS", body, ttlMs: 60_000 }]);
      expect((await results.get([id]))[0]?.body.length).toBe(body.length);
      await results.forget([id]);
    }
    await send(transport, message(QUEUE, "one"));
  });
});

/** How many times `send` succeeds before the database is full. */
async function fillUp(send: () => Promise<unknown>): Promise<number> {
  for (let sent = 0; ; sent++) {
    const isFull = await send().then(
      () => false,
      (error: { readonly code?: string }) => error.code === "BROKER_FULL",
    );
    if (isFull) return sent;
  }
}
