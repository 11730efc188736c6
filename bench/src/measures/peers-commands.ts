import { Opened } from "../opened.js";
import type { Pair } from "../pair.js";
import { celeryCandidates, ofCelery } from "../peers/celery/celery.js";
import { MeteredRedis } from "../peers/metered-redis.js";
import { ours } from "../peers/ours.js";
import { redisPeer } from "../peers/redis-peers.js";
import { taskgenOnRedis } from "../redis-pair.js";
import type { Settings } from "../settings.js";
import { number, type Table } from "../table.js";

const TASKS = 5_000;
const CALLS = 500;
/** n.b. Celery's are few: it is slow, and a count needs no more. */
const CELERY_TASKS = 500;

/** A count, not a time: commands that Redis ran, those within scripts too. */
export async function commandsRedis({ folder }: Settings): Promise<Table> {
  await using opened = new Opened();
  const redis = await MeteredRedis.start(opened, folder);
  const { url } = redis;
  const row = async (name: string, pair: Pair, tasks: number, command = "many"): Promise<string[]> => {
    await using closing = new Opened();
    closing.use(pair);
    await pair.ask("oneByOne", CALLS / 10);
    const perTask = (await redis.commandsDuring(() => pair.ask(command, tasks))) / tasks;
    const perCall = (await redis.commandsDuring(() => pair.ask("oneByOne", CALLS))) / CALLS;
    return [name, number(perTask), number(perCall)];
  };
  const rows: string[][] = [];
  for (const { name, pair } of await ours(opened, (prefix, pool) => taskgenOnRedis(url, prefix, pool)))
    rows.push(await row(name, pair, TASKS));
  for (const name of ["BullMQ", "bee-queue"] as const)
    rows.push(
      await row(`${name}, 50 at once`, await redisPeer(name, { url, concurrency: 50, events: "job" }), TASKS, "stored"),
    );
  for (const { name, open } of celeryCandidates({ broker: url, results: url, folder }).slice(0, 1))
    rows.push(await row(name, await open(), CELERY_TASKS));
  return { title: "Redis: commands", about: about(), columns: ["", "a task", "a call"], rows };
}

const about = (): string =>
  `Commands that Redis ran (\`INFO commandstats\`), those within scripts too, for each of ${number(TASKS)} tasks that are enqueued, run and stored, ` +
  `and for each of ${number(CALLS)} calls \`await t.delay().get()\`, one at a time. ${ofCelery(`${number(CELERY_TASKS)} tasks.`)}`;
