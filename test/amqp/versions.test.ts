import { describe, expect, test } from "vitest";
import type { Message } from "amqplib";
import { read } from "../../packages/core/dist/transports/amqp/properties.js";
import {
  abilitiesOf,
  DEAD_QUEUE_ARGUMENTS,
  delayQueueArguments,
  prioritiesOf,
  replyQueueArguments,
  taskQueueArguments,
} from "../../packages/core/dist/transports/amqp/versions.js";

const MIB = 1024 * 1024;

describe("versions of RabbitMQ", () => {
  test.each([
    ["3.10.8", 1, 128],
    ["3.11.0", 1, 128],
    ["3.13.7", 1, 128],
    ["4.0.0", 2, 16],
    ["4.2.1", 2, 16],
    ["4.3.0-rc.1", 10, 16],
    ["4.3.5", 10, 16],
    ["4.10.0", 10, 16],
    ["5.0.0", 10, 16],
    // a version that cannot be read counts as the oldest known one
    ["unknown", 1, 128],
  ])("%s tells %i priorities of a quorum queue apart and takes %i MiB", (version, priorities, mib) => {
    const abilities = abilitiesOf(version);
    expect(abilities.maxBytes).toBe(mib * MIB);
    expect(prioritiesOf("quorum", abilities)).toBe(priorities);
    expect(prioritiesOf("classic", abilities)).toBe(10);
  });

  test.each(["3.9.29", "3.8.0", "2.8.7"])("%s is refused", (version) => {
    expect(() => abilitiesOf(version)).toThrow(`[BROKER_ERROR] RabbitMQ ${version} is too old`);
  });

  test("quorum queues dead-letter at least once and know their delivery limit", () => {
    expect(taskQueueArguments("quorum", "p:dead.q")).toEqual({
      "x-queue-type": "quorum",
      "x-dead-letter-strategy": "at-least-once",
      "x-overflow": "reject-publish",
      "x-dead-letter-exchange": "",
      "x-dead-letter-routing-key": "p:dead.q",
      "x-delivery-limit": 20,
    });
  });

  test("quorum queues that delay expire their messages, and do not lose them on the way", () => {
    expect(delayQueueArguments(1_600, "p:delay.0")).toEqual({
      "x-queue-type": "quorum",
      "x-dead-letter-strategy": "at-least-once",
      "x-overflow": "reject-publish",
      "x-message-ttl": 1_600,
      "x-dead-letter-exchange": "p:delay.0",
    });
  });

  test("nothing is left to what differs: types and delivery limits are explicit, and no quorum queue asks for priorities", () => {
    const quorum = [taskQueueArguments("quorum", "d"), DEAD_QUEUE_ARGUMENTS, delayQueueArguments(100, "e")];
    const all = [...quorum, taskQueueArguments("classic", "d"), replyQueueArguments("classic", 1)];
    for (const given of all) expect(given["x-queue-type"]).toMatch(/^(quorum|classic)$/);
    // 406 before 4.3, ignored from then on
    for (const given of quorum) expect(given).not.toHaveProperty("x-max-priority");
    // unlimited before 4.0, 20 from then on; nobody consumes a delay queue
    for (const given of quorum.slice(0, 2)) expect(given["x-delivery-limit"]).toBeGreaterThanOrEqual(20);
  });

  test.each([
    ["first time, any version", false, {}, 0, false],
    ["again, quorum before 4.0", true, { "x-delivery-count": 2 }, 2, false],
    ["first time, quorum from 4.0 on", false, { "x-delivery-count": 0 }, 0, false],
    ["after a failure, quorum from 4.3 on", true, { "x-delivery-count": 1, "x-acquired-count": 3 }, 1, false],
    ["after it was handed back, quorum from 4.3 on", true, { "x-acquired-count": 3 }, 0, false],
    ["again, classic: the broker does not count", true, {}, 0, true],
    ["after copies of our own", true, { "x-delivery-count": 1, "taskgen-redeliveries": 2 }, 3, false],
  ])("a delivery for the %s", (_case, redelivered, headers, redeliveries, uncounted) => {
    const message = {
      content: Buffer.alloc(0),
      fields: { redelivered },
      properties: { messageId: "m", headers },
    } as unknown as Message;
    expect(read(message, "q", () => "made")).toMatchObject({ redeliveries, uncounted, poison: undefined });
  });

  test("classic queues have priorities instead", () => {
    expect(taskQueueArguments("classic", "p:dead.q")).toEqual({
      "x-queue-type": "classic",
      "x-max-priority": 9,
      "x-dead-letter-exchange": "",
      "x-dead-letter-routing-key": "p:dead.q",
    });
  });
});
