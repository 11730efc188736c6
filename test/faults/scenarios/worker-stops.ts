import { expect } from "vitest";
import type { ChildExit } from "../../support/child.js";
import { textLine } from "../../support/taskgen-command.js";
import { within } from "../../support/within.js";
import { startCommand } from "../command.js";
import type { Fault, Scenario } from "../fault.js";
import { type Fleet, LEASE_MS } from "../fleet.js";
import type { Part } from "../fleet-processes.js";
import { mostRedeliveries, outcomesOf, settled, times } from "../outcomes.js";
import { writtenDown } from "../rabbitmq.js";

const left = (code: number): ChildExit => ({ code, signal: null });
/** n.b. a worker whose broker is away waits a while for it, twice. */
const ended = (fleet: Fleet, part: Part): Promise<ChildExit> => within(`the end of ${part.name}`, fleet.ended(part));

/** 2,000 short tasks; one of two workers is told to stop in the middle. */
const inABurst: Scenario = async (fleet) => {
  const producer = await fleet.producer();
  const [first] = await fleet.workers(2);
  const calling = producer.call({ task: "work", args: [5] }, 2_000);
  await fleet.started(200, first);
  await fleet.fault("SIGTERM in a burst", async () => {
    first!.child.signal("SIGTERM");
    expect(await ended(fleet, first!)).toEqual(left(0));
  });
  await calling;
  await settled(fleet, 2_000);
  const { starts, states } = outcomesOf(fleet.history(), "work");
  expect(states).toEqual(times(2_000, "SUCCESS"));
  // n.b. what was handed back had not begun, and nobody died with it
  expect(starts).toHaveLength(2_000);
  expect(mostRedeliveries(starts)).toBe(0);
};

/** The command with five tasks that take too long to be waited for. */
async function withFiveTasks(fleet: Fleet, ...args: readonly string[]): Promise<Part> {
  const producer = await fleet.producer();
  const command = await startCommand(fleet, ...args);
  await producer.call({ task: "work", args: [6_000] }, 5);
  await fleet.started(5, command);
  return command;
}

async function runAgain(fleet: Fleet, redeliveries: number): Promise<void> {
  await fleet.worker();
  await settled(fleet, 5);
  const { starts, states } = outcomesOf(fleet.history(), "work");
  expect(states).toEqual(times(5, "SUCCESS"));
  expect(starts).toHaveLength(10);
  expect(mostRedeliveries(starts)).toBe(redeliveries);
}

const twice: Scenario = async (fleet) => {
  const command = await withFiveTasks(fleet);
  await fleet.fault("two SIGTERMs", async () => {
    command.child.signal("SIGTERM");
    await textLine(command.child, "Warm shutdown (SIGTERM)");
    command.child.signal("SIGTERM");
    expect(await ended(fleet, command)).toEqual(left(143));
  });
  await runAgain(fleet, 1);
};

const graceOver: Scenario = async (fleet) => {
  const command = await withFiveTasks(fleet, "--grace", "100ms");
  await fleet.fault("SIGTERM, and the grace period ends", async () => {
    command.child.signal("SIGTERM");
    expect(await ended(fleet, command)).toEqual(left(1));
  });
  await runAgain(fleet, 0);
};

const brokerAway =
  (code: number, ready: () => Promise<void> = async () => {}): Scenario =>
  async (fleet) => {
    const producer = await fleet.producer();
    const command = await startCommand(fleet);
    await producer.call({ task: "work", args: [5] }, 500);
    await settled(fleet, 500);
    await ready();
    await producer.call({ task: "work", args: [3_000] }, 5);
    await fleet.started(505, command);
    await fleet.fault("SIGTERM while the broker is down", async () => {
      await fleet.server.kill();
      command.child.signal("SIGTERM");
      expect(await ended(fleet, command)).toEqual(left(code));
      await fleet.server.restart();
    });
    await fleet.worker();
    await settled(fleet, 505);
    expect(outcomesOf(fleet.history(), "work").states).toEqual(times(505, "SUCCESS"));
  };

/** With the start of another worker. */
const REPLACED_MS = 5_000;
const ONE_PROCESS = { none: "the broker ends with its process: nothing is left to hand back to" };
const DRAINS = { "engine/engine.test.ts": ["finishes what runs when it is stopped"] };
const OVER = { "engine/engine.test.ts": ["aborts and hands back what outlives the grace period"] };
const burst = { run: inABurst, boundMs: 1_000 };
const over = { run: graceOver, boundMs: REPLACED_MS };
const second = (boundMs: number) => ({ run: twice, boundMs });
const away = (boundMs: number, ...how: Parameters<typeof brokerAway>) => ({ run: brokerAway(...how), boundMs });

export const workerStops: readonly Fault[] = [
  {
    id: "F28",
    title: "SIGTERM in a burst of short tasks",
    expected:
      "the worker finishes what runs, hands the rest back and exits with 0; nothing runs twice, no redelivery is counted",
    cells: { memory: { tests: DRAINS }, sqlite: burst, redis: { ...burst, quick: true }, amqp: burst },
  },
  {
    id: "F28b",
    title: "a second SIGTERM",
    expected: "the worker exits at once with 143; what it ran runs again, one redelivery counted",
    cells: {
      memory: ONE_PROCESS,
      sqlite: second(LEASE_MS + REPLACED_MS),
      redis: second(LEASE_MS + REPLACED_MS),
      amqp: second(REPLACED_MS),
    },
  },
  {
    id: "F28c",
    title: "SIGTERM, and tasks outlive the grace period",
    expected: "the worker hands them back and exits with 1; they run again at once, and no redelivery is counted",
    cells: { memory: { tests: OVER }, sqlite: over, redis: over, amqp: over },
  },
  {
    id: "F28d",
    title: "SIGTERM while the broker is down, and what runs ends meanwhile",
    expected:
      "the worker exits within its bounds, with 1 since it could not store what they came to; on RabbitMQ they are no longer its own, and it exits with 0 at once; they run again",
    cells: {
      memory: ONE_PROCESS,
      sqlite: { none: "there is no server: a file is there or not" },
      redis: away(LEASE_MS + 5_000, 1),
      amqp: away(5_000, 0, writtenDown),
    },
  },
];
