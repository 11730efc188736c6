import { createInterface } from "node:readline";
import { openResults, openTransport } from "@taskgen/core/internal";
import { PeerCommands } from "./peer-commands.js";
import type { PeerCall, PeerPlace } from "./peers.js";

const place = JSON.parse(process.argv[2]!) as PeerPlace;
const say = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const on = { state: () => {}, error: (error: Error) => void process.stderr.write(`${error.stack}\n`) };

const transport = await openTransport(place.url, place.options);
const results = await openResults(place.resultsUrl ?? place.url, place.options);
await transport.start(on);
await results.start(on);
const commands = new PeerCommands({ transport, results });

async function answer({ call, command, args }: PeerCall): Promise<void> {
  try {
    const run = commands[command] as (...args: unknown[]) => Promise<unknown>;
    say({ call, value: await run.apply(commands, [...args]) });
  } catch (error) {
    say({ call, error: String(error) });
  }
}

say({ ready: true });
createInterface({ input: process.stdin }).on("line", (line) => void answer(JSON.parse(line) as PeerCall));
