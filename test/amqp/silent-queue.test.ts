import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { consume } from "../conformance/inbox.js";
import { deadline, message, messages, textsOf } from "../conformance/messages.js";
import { close } from "../conformance/scene.js";
import { eventually } from "../support/eventually.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { RabbitServer, WRITTEN_DOWN_MS } from "../support/rabbitmq-server.js";
import { within } from "../support/within.js";
import { open } from "./opening.js";

expectNothingLeftRunning();

/** Elects a leader in every quorum queue that has none. */
const ELECT =
  "[ra:trigger_election(amqqueue:get_pid(Q)) || Q <- rabbit_amqqueue:list(), amqqueue:get_type(Q) =:= rabbit_quorum_queue].";

/** A server with two queues, of which `dead` lost its leader: it was killed right after that was declared. */
async function start(prefix: string): Promise<RabbitServer> {
  const server = await RabbitServer.start();
  onTestFinished(() => server.stop());
  const { transport } = await open(server.url, { prefix });
  await transport.declare([{ name: "alive" }]);
  await delay(WRITTEN_DOWN_MS);
  await transport.declare([{ name: "dead" }]);
  await server.kill();
  await server.restart();
  return server;
}

test("a queue that lost its leader is named, stops no other one, and is used again as soon as it has one", async () => {
  const server = await start("p");
  const opened = await open(server.url, { prefix: "p" });
  const { transport, events } = opened;
  const taking = consume(transport, "dead", 500);
  const lost = transport.send(messages("dead", 100), AbortSignal.timeout(30_000));
  const isNamed = ({ message }: Error): boolean => message.includes("p.dead");
  await events.when("the report", ({ errors }) => errors.some(isNamed));
  await events.when("another connection", ({ states }) => states.includes("down") && states.at(-1) === "up");
  expect(await transport.send(messages("alive", 100), deadline())).toEqual(Array(100).fill("stored"));
  for (const outcome of await within("the end of the sends", lost)) {
    expect(outcome).toMatchObject({ code: "BROKER_UNAVAILABLE", message: expect.stringContaining("p.dead") });
  }
  expect(events.errors.filter((error) => !isNamed(error))).toEqual([]);
  const { inbox } = await consume(transport, "alive", 500);
  await inbox.arrived(100);
  await server.evaluate(ELECT);
  expect(await transport.send([message("dead", "at last")], deadline())).toEqual(["stored"]);
  const taken = await within("the consumer", taking);
  // n.b. of those that were given up some may have arrived
  await eventually(() => textsOf(taken.inbox.deliveries).includes("at last"), { what: "the message" });
  await close(opened);
}, 120_000);
