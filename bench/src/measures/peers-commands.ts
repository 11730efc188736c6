import { Opened } from "../opened.js";
import type { Pair } from "../pair.js";
import { celeryCandidates, ofCelery } from "../peers/celery/celery.js";
import { MeteredRedis, type CommandUse } from "../peers/metered-redis.js";
import { ours } from "../peers/ours.js";
import { redisPeer } from "../peers/redis-peers.js";
import { taskgenOnRedis } from "../redis-pair.js";
import type { Settings } from "../settings.js";
import { number, type Table } from "../table.js";

const TASKS = 5_000;
const CALLS = 500;
/** n.b. Celery's are few: it is slow, and a count needs no more. */
const CELERY_TASKS = 500;

type Uses = ReadonlyMap<string, CommandUse>;

/** Of each task of many, and of each call alone. */
interface Counted {
  readonly name: string;
  readonly task: Uses;
  readonly call: Uses;
}

/** Counts, not times: commands that Redis ran, those within scripts too; and which of them took it how long. */
export async function commandsRedis({ folder }: Settings): Promise<readonly Table[]> {
  await using opened = new Opened();
  const redis = await MeteredRedis.start(opened, folder);
  const { url } = redis;
  const count = async (name: string, pair: Pair, tasks: number, command = "many"): Promise<Counted> => {
    await using closing = new Opened();
    closing.use(pair);
    await pair.ask("oneByOne", CALLS / 10);
    const ofTasks = await redis.commandsDuring(() => pair.ask(command, tasks));
    const ofCalls = await redis.commandsDuring(() => pair.ask("oneByOne", CALLS));
    return { name, task: ofEach(ofTasks, tasks), call: ofEach(ofCalls, CALLS) };
  };
  const all: Counted[] = [];
  for (const { name, pair } of await ours(opened, (prefix, pool) => taskgenOnRedis(url, prefix, pool)))
    all.push(await count(name, pair, TASKS));
  for (const name of ["BullMQ", "bee-queue"] as const)
    all.push(
      await count(
        `${name}, 50 at once`,
        await redisPeer(name, { url, concurrency: 50, events: "job" }),
        TASKS,
        "stored",
      ),
    );
  for (const { name, open } of celeryCandidates({ broker: url, results: url, folder }).slice(0, 1))
    all.push(await count(name, await open(), CELERY_TASKS));
  return [totals(all), timesOf(all[0]!)];
}

const ofEach = (uses: Uses, tasks: number): Uses =>
  new Map(
    [...uses].map(([name, { calls, microseconds }]) => [
      name,
      { calls: calls / tasks, microseconds: microseconds / tasks },
    ]),
  );

function totals(all: readonly Counted[]): Table {
  const callsOf = (uses: Uses): string => number([...uses.values()].reduce((sum, { calls }) => sum + calls, 0));
  const about =
    `Commands that Redis ran (\`INFO commandstats\`), those within scripts too, for each of ${number(TASKS)} tasks that are enqueued, run and stored, ` +
    `and for each of ${number(CALLS)} calls \`await t.delay().get()\`, one at a time. ${ofCelery(`${number(CELERY_TASKS)} tasks.`)}`;
  const rows = all.map(({ name, task, call }) => [name, callsOf(task), callsOf(call)]);
  return { title: "Redis: commands", about, columns: ["", "a task", "a call"], rows };
}

/** Below this share of a task's and a call's time a command has no row. */
const SHARE = 0.01;

function timesOf({ name, task, call }: Counted): Table {
  const most = (uses: Uses): number => Math.max(...[...uses.values()].map(({ microseconds }) => microseconds));
  const isShown = (uses: Uses, command: string): boolean =>
    (uses.get(command)?.microseconds ?? 0) >= SHARE * most(uses);
  const commands = [...new Set([...task.keys(), ...call.keys()])]
    .filter((command) => isShown(task, command) || isShown(call, command))
    .toSorted((a, b) => (call.get(b)?.microseconds ?? 0) - (call.get(a)?.microseconds ?? 0));
  const cells = (uses: Uses, command: string): string[] => {
    const { calls, microseconds } = uses.get(command) ?? { calls: 0, microseconds: 0 };
    return [number(calls), number(microseconds)];
  };
  return {
    title: "Redis: which commands take its time",
    about: `Of ${name}: the same runs by command. The time of a script (\`evalsha\`) holds that of the commands within it.`,
    columns: ["", "for a task", "µs of a task", "for a call", "µs of a call"],
    rows: commands.map((command) => [command, ...cells(task, command), ...cells(call, command)]),
  };
}
