import { canInspect, type Inspect, type Transport } from "@taskgen/core/internal";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { messages, send } from "../conformance/messages.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { RabbitServer } from "../support/rabbitmq-server.js";
import { open } from "./opening.js";

const inspect = (transport: Transport): Inspect => {
  if (canInspect(transport)) return transport;
  throw new Error("it cannot be inspected");
};

describe("questions to a RabbitMQ that is gone", () => {
  let server: RabbitServer;

  beforeAll(async () => {
    server = await RabbitServer.start();
  });
  afterAll(() => server.stop());

  expectNothingLeftRunning();

  test("are answered with where it should be, and again when it is back", async () => {
    const { transport, events } = await open(server.url);
    await transport.declare([{ name: "q" }]);
    await send(transport, ...messages("q", 2));
    const broker = inspect(transport);
    expect((await broker.depths())[0]).toMatchObject({ queue: "q", waiting: 2, consumers: 0 });
    const ask = (): Promise<PromiseSettledResult<unknown>[]> =>
      Promise.allSettled([broker.depths(), broker.dead("q", 1), broker.purge("unknown")]);
    const unavailable = {
      code: "BROKER_UNAVAILABLE",
      message: expect.stringContaining(`127.0.0.1:${server.port}`) as string,
    };
    // while the connection is lost: some may have been answered before
    const lost = ask();
    await server.kill();
    await events.when("the loss", ({ states }) => states.at(-1) === "down");
    for (const outcome of await lost) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject(unavailable);
    }
    // while there is none
    expect(await ask()).toEqual(
      [1, 2, 3].map(() => ({ status: "rejected", reason: expect.objectContaining(unavailable) as unknown })),
    );
    await server.restart();
    await events.when("being back", ({ states }) => states.at(-1) === "up", 60_000);
    expect((await broker.depths()).map(({ queue }) => queue)).toContain("q");
  }, 120_000);
});
