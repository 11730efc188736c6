import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "@taskgen/codegen";
import { createApp } from "@taskgen/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { brokerUrl } from "../support/brokers.js";
import { closedPort } from "../support/closed-port.js";
import { copyProject, startTaskgen, textLine } from "../support/taskgen-command.js";
import { within } from "../support/within.js";
import { ProbedWorker, proxied } from "./probes.js";

/** Bounds: one second for aborted tasks, five for the last settlements, five for the connection, one for threads. */
const BOUND_MS = 20_000;

const ended = (code: number): object => ({ code, signal: null });

describe("a worker whose broker is away", () => {
  it.each(["redis", "amqp"] as const)("ends with 0 on SIGTERM while it reconnects: %s", async (broker) => {
    const { proxy, url } = await proxied(broker);
    const worker = await ProbedWorker.start(url.href);
    await worker.until("consuming");
    await proxy.close();
    await worker.until("disconnected");
    worker.child.signal("SIGTERM");
    expect(await within("the worker's end", worker.child.exited, BOUND_MS)).toEqual(ended(0));
  });

  it.each(["redis", "amqp"] as const)("ends although the network swallows everything: %s", async (broker) => {
    const { proxy, url } = await proxied(broker);
    const worker = await ProbedWorker.start(url.href);
    await worker.until("consuming");
    proxy.blackhole();
    worker.child.signal("SIGTERM");
    expect(await within("the worker's end", worker.child.exited, BOUND_MS)).toEqual(ended(0));
  });

  it.each(["redis", "amqp"] as const)("ends with 0 on SIGTERM before it was ever there: %s", async (scheme) => {
    const worker = await ProbedWorker.start(`${scheme}://127.0.0.1:${await closedPort()}`);
    await worker.until("starting");
    worker.child.signal("SIGTERM");
    expect(await within("the worker's end", worker.child.exited, BOUND_MS)).toEqual(ended(0));
    expect(worker.child.stderr).toBe("");
  });

  it("ends with 1 when what a task came to could not be stored; it runs again", async () => {
    const { proxy, url } = await proxied("redis");
    const worker = await ProbedWorker.start(url.href, { lease: "4s" });
    const app = createApp({ broker: brokerUrl("redis"), prefix: worker.prefix });
    onTestFinished(() => app.close());
    const gate = join(worker.cwd, "gate");
    const held = await app.sendUnchecked("hold", [gate]);
    await worker.holds();
    await proxy.close();
    await worker.until("disconnected");
    worker.child.signal("SIGTERM");
    await worker.until("draining");
    await writeFile(gate, "");
    expect(await within("the worker's end", worker.child.exited, BOUND_MS)).toEqual(ended(1));
    expect(await held.ready()).toBe(false);
    const next = await ProbedWorker.start(brokerUrl("redis"), { prefix: worker.prefix, lease: "4s" });
    expect(await held.get({ timeout: "60s" })).toBe("released");
    next.child.signal("SIGTERM");
    expect(await within("the next worker's end", next.child.exited, BOUND_MS)).toEqual(ended(0));
  });
});

describe("a worker in a terminal", () => {
  it("finishes what runs on a Ctrl-C, which every process of its group gets", async () => {
    const cwd = await copyProject(new URL("fixtures/project/", import.meta.url));
    await generate({ cwd, config: {} });
    const worker = startTaskgen(["worker", "--threads", "1"], { cwd, detached: true });
    await textLine(worker, "Worker ready");
    const app = createApp({ broker: `sqlite:${cwd}/.taskgen/tasks.db` });
    onTestFinished(() => app.close());
    const gate = join(cwd, "gate");
    const held = await app.sendUnchecked("hold", [gate]);
    await textLine(worker, ": holding");
    process.kill(-worker.pid, "SIGINT");
    await textLine(worker, "Warm shutdown (SIGINT)");
    await writeFile(gate, "");
    expect(await within("the worker's end", worker.exited)).toEqual(ended(0));
    expect(await held.get({ timeout: "60s" })).toBe("released");
  });
});
