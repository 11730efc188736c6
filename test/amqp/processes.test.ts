import { describe, expect, test } from "vitest";
import { brokerUrl } from "../support/brokers.js";
import { spawnChild } from "../support/child.js";
import { namespace } from "../support/namespace.js";
import { within } from "../support/within.js";

describe("a process with connections to RabbitMQ", () => {
  test("ends by itself when nothing is under way", async () => {
    const child = spawnChild(new URL("./fixtures/idle.ts", import.meta.url), {
      args: [brokerUrl("amqp"), namespace("p")],
    });
    expect(await within("the end of an idle process", child.exited)).toEqual({ code: 0, signal: null });
    expect(child.lines).toEqual([{ state: "SUCCESS" }]);
    expect(child.stderr).toBe("");
  });

  test("does not end before it has closed them", async () => {
    const child = spawnChild(new URL("./fixtures/closing.ts", import.meta.url), {
      args: [brokerUrl("amqp"), namespace("p")],
    });
    expect(await within("the end of a closing process", child.exited)).toEqual({ code: 0, signal: null });
    expect(child.lines).toEqual([{ closed: true }]);
  });
});
