import { rawAmqp, taskgenOnAmqp } from "../amqp-pair.js";
import { AmqpServer } from "../amqp-server.js";
import { compareSpeed, type SpeedSide } from "../comparison.js";
import { Opened } from "../opened.js";
import type { Pair } from "../pair.js";
import type { Settings } from "../settings.js";
import type { Table } from "../table.js";

/** Publish, run, reply, acknowledge: two processes and a RabbitMQ. */
export async function throughputAmqp({ folder, tasks, rounds }: Settings): Promise<Table> {
  await using opened = new Opened();
  const { url } = opened.use(await AmqpServer.start(folder));
  const side = async (name: string, command: string, open: Promise<Pair>): Promise<SpeedSide> => {
    const pair = opened.use(await open);
    return { name, n: tasks, warmUp: () => pair.run(command, tasks / 4), run: () => pair.run(command, tasks) };
  };
  const sides = [
    await side("raw loop", "many", rawAmqp(url)),
    await side("inline", "many", taskgenOnAmqp(url, "inline", { pool: "inline" })),
    await side("1 thread", "many", taskgenOnAmqp(url, "one", { pool: "threads", threads: 1 })),
    await side("1 thread, a call each", "each", taskgenOnAmqp(url, "each", { pool: "threads", threads: 1 })),
  ];
  return await compareSpeed({ title: "RabbitMQ: throughput", about: about(tasks) }, sides, rounds);
}

const about = (tasks: number): string =>
  `${tasks} no-op tasks called with \`delayMany\` (or \`delay\` for each), run, all results read by the caller; one producer ` +
  "and one worker process, and a private RabbitMQ on the same machine. The raw loop moves the same bytes by amqplib through a " +
  "quorum queue and a durable reply queue: it publishes with confirms, 500 on their way, consumes, replies with confirms, " +
  "acknowledges many at once, and does nothing else.";
