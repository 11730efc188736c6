import { fileURLToPath } from "node:url";
import { connect } from "amqplib";
import { internalsOf } from "@taskgen/core/internal";
import * as fc from "fast-check";
import { Redis } from "ioredis";
import { describe, expect, it, onTestFinished } from "vitest";
import { deadLetters } from "../contract-run/dead-letters.js";
import { places, Scene } from "../engine/scene.js";
import { openRaw } from "../sqlite/raw-database.js";
import { brokerUrl } from "../support/brokers.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { FOREIGN } from "./fixtures.js";
import { mutated } from "./mutate.js";

const LIMIT = { timeout: "60s" } as const;
const MESSAGES = [
  '{"v":1,"task":"add"}\n[4,4]',
  '{"v":1,"task":"add","headers":{"a":"b"},"parentId":"p"}\n~{"json":[1,2]}',
];

/** Bodies of messages that somebody else wrote; those of the fixtures first. */
const bodies = (count: number): Buffer[] => [
  ...FOREIGN.map((text) => Buffer.from(text)),
  ...fc.sample(mutated(MESSAGES.map((text) => Buffer.from(text))), count),
];

const place = (name: string) => places.find((one) => one.name === name)!;

describe("fuzz: a worker", () => {
  expectNothingLeftRunning();

  it.each(["memory, inline", "sqlite, threads"])("ends whatever comes, and goes on: %s", async (name) => {
    const scene = await Scene.open(place(name));
    const { transport } = await internalsOf(scene.app).connection();
    const sent = bodies(100).map((body, i) => ({ id: `fuzz-${i}`, queue: "default", priority: 4, body }));
    await transport.send(sent, AbortSignal.timeout(20_000));
    await scene.worker({ unknownTasks: { maxParks: 0 } });
    for (const { id } of sent) {
      const settled = await scene.app.result(id).settled(LIMIT);
      expect(["SUCCESS", "FAILURE", "REJECTED"]).toContain(settled.state);
    }
    expect(await scene.app.sendUnchecked("add", [4, 4]).get(LIMIT)).toBe(8);
  });

  it("ends whatever stands in the lists of Redis, and loses no message by it", async () => {
    const scene = await Scene.open(place("redis, threads"));
    const redis = new Redis(brokerUrl("redis"));
    onTestFinished(() => redis.disconnect());
    const valid = await scene.app.sendUnchecked("add", [4, 4]);
    const list = `{${scene.prefix}:default}:w4`;
    const [raw] = await redis.lrangeBuffer(list, 0, -1);
    const foreign = [...bodies(0), ...fc.sample(mutated([raw!]), 60).filter((bytes) => !bytes.equals(raw!))];
    await redis.rpush(list, ...foreign);
    const later = await scene.app.sendUnchecked("add", [1, 1]);
    await redis.zadd(`{${scene.prefix}:default}:d`, 1, "no message", 1, Buffer.from([0, 1, 2]));
    await redis.hset(`{${scene.prefix}:default}:c`, "#due", "1");
    await scene.worker({ unknownTasks: { maxParks: 0 } });
    expect(await valid.get(LIMIT)).toBe(8);
    expect(await later.get(LIMIT)).toBe(2);
    const dead = await deadLetters(scene.app, "default", 10);
    expect([...dead.values()].filter((reason) => reason.startsWith("NOT_DECODABLE")).length).toBeGreaterThan(0);
    await redis.set(`${scene.prefix}:r:forged`, "Rxyz");
    await expect(scene.app.result("forged").get(LIMIT)).rejects.toMatchObject({ code: "NOT_DECODABLE" });
    expect(await scene.app.sendUnchecked("add", [2, 2]).get(LIMIT)).toBe(4);
  });

  it("ends whatever stands in a queue of RabbitMQ", async () => {
    const scene = await Scene.open(place("amqp, threads"));
    const worker = await scene.worker({ unknownTasks: { maxParks: 0 } });
    const { queues } = worker.info!;
    expect(queues).toContain("default");
    const connection = await connect(brokerUrl("amqp"));
    onTestFinished(() => connection.close());
    const channel = await connection.createConfirmChannel();
    const properties = [{}, { messageId: "m" }, { messageId: "x".repeat(40), headers: { "taskgen-eta": "soon" } }];
    for (const [i, body] of bodies(40).entries())
      channel.sendToQueue(`${scene.prefix}.default`, body, properties[i % properties.length]);
    await channel.waitForConfirms();
    expect(await scene.app.sendUnchecked("add", [4, 4]).get(LIMIT)).toBe(8);
    expect((await deadLetters(scene.app, "default", 10)).size).toBeGreaterThan(0);
  });

  it("ends whatever stands in the rows of SQLite", async () => {
    const scene = await Scene.open(place("sqlite, threads"));
    const odd: readonly string[] = [
      ...[
        "body = 'a text'",
        "body = 5",
        "body = zeroblob(0)",
        "priority = 'high'",
        "priority = -1",
        "priority = 1e300",
      ],
      ...["expires = 'soon'", "expires = -1", "reply_to = x'00ff'", "eta = 'later'"],
      ...["redeliveries = -5", "redeliveries = 'x'", "id = 'i' || char(0)"],
    ];
    const database = await openRaw(fileURLToPath(scene.broker.replace("sqlite:", "file:")));
    for (const change of odd) {
      const { id } = await scene.app.sendUnchecked("add", [4, 4]);
      database.exec(`UPDATE "${scene.prefix}:message" SET ${change} WHERE id = '${id}'`);
    }
    await scene.worker();
    expect(await scene.app.sendUnchecked("add", [1, 1]).get(LIMIT)).toBe(2);
  });
});
