import type { Fault, Scenario } from "../fault.js";
import type { Producer } from "../fleet-processes.js";
import { rabbitOf } from "../rabbitmq.js";

const NO_ALARMS = { none: "has no alarms: what happens when there is no room is in F20 and F21" };
const elsewhere = { memory: NO_ALARMS, sqlite: NO_ALARMS, redis: NO_ALARMS } as const;

/** How RabbitMQ comes to believe that it is short of something, and how not. */
interface Alarm {
  readonly raise: readonly string[];
  readonly clear: readonly string[];
}

const MEMORY: Alarm = {
  raise: ["set_vm_memory_high_watermark", "absolute", "1"],
  clear: ["set_vm_memory_high_watermark", "0.4"],
};
const DISK: Alarm = { raise: ["set_disk_free_limit", "100000GB"], clear: ["set_disk_free_limit", "1MB"] };

const refused = (producer: Producer): Promise<unknown> =>
  producer.part.child.line("a refusal", (line) => (line as { readonly refused?: string }).refused, 60_000);

/** 300 tasks wait when the alarm is raised: they are worked off meanwhile, and no new one is taken. */
const alarm =
  ({ raise, clear }: Alarm): Scenario =>
  async (fleet) => {
    const rabbit = rabbitOf(fleet);
    const [filler, producer] = [await fleet.producer(), await fleet.producer({ publishTimeout: "2s" })];
    await fleet.workers(2);
    await filler.call({ task: "work", args: [100], options: { ignoreResult: true } }, 300);
    await fleet.fault("an alarm", async () => {
      await rabbit.ctl(...raise);
      await producer.load({ task: "work", args: [5] }, 10, 200);
      await refused(producer);
      const ended = (entries: readonly { readonly kind: string }[]): boolean =>
        entries.filter(({ kind }) => kind === "end").length >= 300;
      await fleet.until("the end of what waited", ended);
      await rabbit.ctl(...clear);
    });
    await fleet.started(fleet.history().filter(({ kind }) => kind === "start").length + 50);
    await producer.pause();
  };

const expected = "calls wait, and are refused at their deadline; workers go on with what is there; then all goes on";

export const rabbitmqAlarms: readonly Fault[] = [
  {
    id: "F19",
    title: "RabbitMQ's memory alarm, under load",
    expected,
    cells: { ...elsewhere, amqp: { run: alarm(MEMORY), boundMs: 3_000 } },
  },
  {
    id: "F19b",
    title: "RabbitMQ's disk alarm, under load",
    expected,
    cells: { ...elsewhere, amqp: { run: alarm(DISK), boundMs: 3_000 } },
  },
];
