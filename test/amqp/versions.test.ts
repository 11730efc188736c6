import { describe, expect, test } from "vitest";
import { abilitiesOf, prioritiesOf, taskQueueArguments } from "../../packages/core/dist/transports/amqp/versions.js";

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

  test("classic queues have priorities instead", () => {
    expect(taskQueueArguments("classic", "p:dead.q")).toEqual({
      "x-queue-type": "classic",
      "x-max-priority": 9,
      "x-dead-letter-exchange": "",
      "x-dead-letter-routing-key": "p:dead.q",
    });
  });
});
