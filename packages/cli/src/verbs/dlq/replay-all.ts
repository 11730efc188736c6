import { timeoutSignal, type Envelope, type Inspect, type Sealer, type Transport } from "@taskgen/core/internal";
import { cleanLine } from "../../clean-text.js";
import type { Terminal } from "../../terminal.js";
import { replayOf, type ReadLetter } from "./dead-letters.js";
import { idsByQueue } from "./find.js";

const LIMIT_MS = 30_000;

/** Sends dead letters again and removes those that were sent; whether all of them were. */
export async function replayAll(
  letters: readonly ReadLetter[],
  { broker, sealer }: { readonly broker: Transport & Inspect; readonly sealer: Sealer | undefined },
  terminal: Terminal,
): Promise<boolean> {
  const again = letters.map((letter) => ({ letter, envelope: replayOf(letter, sealer) }));
  const able = again.filter(
    (one): one is { letter: ReadLetter; envelope: Envelope } => typeof one.envelope !== "string",
  );
  const outcomes = await broker.send(
    able.map(({ envelope }) => envelope),
    timeoutSignal(LIMIT_MS),
  );
  const sent = able.filter((_, i) => !(outcomes[i] instanceof Error));
  // n.b. only now: what is sent twice runs twice, what is removed first may be lost
  for (const [queue, ids] of idsByQueue(sent.map(({ letter }) => letter))) await broker.removeDead(queue, ids);
  for (const { letter, envelope } of sent) terminal.print(`${cleanLine(idOf(letter))} ${envelope.id}\n`);
  for (const { letter, envelope } of again) {
    if (typeof envelope === "string") terminal.complain(`${cleanLine(`${idOf(letter)}: ${envelope}`)}\n`);
  }
  able.forEach(({ letter }, i) => {
    const outcome = outcomes[i];
    if (outcome instanceof Error) terminal.complain(`${cleanLine(`${idOf(letter)}: ${outcome.message}`)}\n`);
  });
  return sent.length === letters.length;
}

const idOf = ({ letter }: ReadLetter): string => letter.envelope.id;
