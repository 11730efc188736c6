import { expect } from "vitest";
import type { TimedEntry } from "../../support/history/entries.js";
import type { Fault, Scenario } from "../fault.js";
import { LEASE_MS } from "../fleet.js";
import type { CallSpec } from "../fleet-processes.js";

const ONE_MACHINE = { none: "all processes of a file share the clock of its machine" };
const ONE_PROCESS = { none: "broker, callers and worker share the clock of their process" };

const HOUR_MS = 3_600_000;
const TEN = 10;

const WORK: CallSpec = { task: "work", args: [20] };
const DELAYED: CallSpec = { ...WORK, delayMs: 3_000 };
const RETRIED: CallSpec = { task: "flaky", args: [2, "500ms"], maxRetries: 2 };
/** n.b. whoever believes its own clock takes their owners for dead. */
const LONG: CallSpec = { task: "work", args: [2 * LEASE_MS] };
const EXPIRING: CallSpec = { ...WORK, options: { expires: "10m" } };

/** Workers and callers of which some are an hour ahead, some an hour behind. */
const skewed =
  (...specs: readonly CallSpec[]): Scenario =>
  async (fleet) => {
    const clocks = [{ aheadMs: HOUR_MS }, { aheadMs: -HOUR_MS }];
    const [right, ...wrong] = await Promise.all([
      fleet.producer(),
      ...clocks.map((clock) => fleet.producer({}, clock)),
    ]);
    await Promise.all(clocks.map((clock) => fleet.worker(clock)));
    await fleet.fault("clocks are wrong", async () => {
      await Promise.all(specs.map((spec) => right.call(spec, TEN)));
      await Promise.all(wrong.map((producer) => producer.call(WORK, TEN)));
    });
    const count = TEN * (specs.length + wrong.length);
    const outcomes = (entries: readonly TimedEntry[]) => entries.filter((one) => one.kind === "outcome");
    await fleet.until("all outcomes", (entries) => outcomes(entries).length >= count);
    expect(outcomes(fleet.history()).filter(({ state }) => state !== "SUCCESS")).toEqual([]);
    const again = fleet.history().filter((one) => one.kind === "start" && one.redeliveries > 0);
    expect(again).toEqual([]);
  };

export const clocks: readonly Fault[] = [
  {
    id: "F27",
    title: "clocks of workers and callers are an hour ahead or behind",
    expected:
      "leases, delays and retries go by the broker's clock; so do expiry times on Redis, while RabbitMQ has no clock to ask: there a worker whose clock is wrong expires calls wrongly",
    cells: {
      memory: ONE_PROCESS,
      sqlite: ONE_MACHINE,
      redis: { run: skewed(DELAYED, RETRIED, LONG, EXPIRING), boundMs: 1_000, silent: true },
      amqp: { run: skewed(DELAYED, RETRIED, LONG), boundMs: 1_000, silent: true },
    },
  },
];
