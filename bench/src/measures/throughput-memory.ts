import { Child } from "../child/child.js";
import { compareSpeed, type SpeedSide } from "../comparison.js";
import { Opened } from "../opened.js";
import { Pair } from "../pair.js";
import type { Settings } from "../settings.js";
import type { Table } from "../table.js";

const here = (path: string): URL => new URL(`../memory/${path}`, import.meta.url);

/** Producer and worker in one process. */
export async function throughputMemory({ tasks, rounds }: Settings): Promise<Table> {
  await using processes = new Opened();
  const side = async (name: string, module: string, argument: unknown): Promise<SpeedSide> => {
    const process = processes.use(new Pair(await Child.start(here(module), argument)));
    return { name, n: tasks, warmUp: () => process.run("each", tasks), run: () => process.run("each", tasks) };
  };
  const sides = [
    await side("raw loop", "raw.ts", {}),
    await side("inline", "taskgen.ts", { pool: "inline" }),
    await side("1 thread", "taskgen.ts", { pool: "threads", threads: 1 }),
  ];
  return await compareSpeed({ title: "Memory: throughput", about: about(tasks) }, sides, rounds);
}

const about = (tasks: number): string =>
  `${tasks} no-op tasks called with \`delay\`, run, all results awaited; one process. The raw loop is a queue in an array, ` +
  "arguments and results as JSON text, a Map of results and a promise for each call.";
