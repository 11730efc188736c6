import { noteReady } from "./profiled.js";
import type { Answer, Question } from "./protocol.js";

/** What a child can be asked for, by name. */
export type Commands = Readonly<Record<string, (input: never) => unknown>>;

/** Answers the questions of the process that started this one, one after the other; always also `cpuMs`. */
export function serve(commands: Commands): void {
  const all = { ...commands, cpuMs };
  let turn = Promise.resolve();
  process.on("message", (question: Question) => {
    turn = turn.then(async () => tell(await answer(all, question)));
  });
  process.once("disconnect", () => process.exit());
  noteReady();
  tell({ id: 0, value: "ready" });
}

/** What the parent process gave as the one argument. */
export const given = (): unknown => JSON.parse(process.argv[2]!);

/** What all threads of this process have used of the processors. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function answer(commands: Commands, { id, command, input }: Question): Promise<Answer> {
  try {
    const run = commands[command] as (input: unknown) => unknown;
    return { id, value: await run(input) };
  } catch (error) {
    return { id, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

const tell = (answer: Answer): void => void process.send!(answer);
