import { CodecError } from "@taskgen/core";
import { createDecoder, type Sealer } from "@taskgen/core/internal";
import { cleanLine, cleanText } from "../../clean-text.js";
import { showValue } from "../../show-value.js";
import { line, type Terminal } from "../../terminal.js";
import { attempts, openLetter, type ReadLetter } from "./dead-letters.js";

/** All that is known of a dead letter. */
export function describeLetter(read: ReadLetter, sealer: Sealer | undefined, terminal: Terminal): string {
  const { letter, header } = read;
  const { id, queue, priority } = letter.envelope;
  const fields: readonly (readonly [name: string, value: string | undefined])[] = [
    ["id", id],
    ["task", header?.task ?? "? (its header cannot be read)"],
    ["queue", `${queue}, priority ${priority}`],
    ["at", new Date(letter.at).toISOString()],
    ["attempts", `${attempts(read)}`],
    ["parent", header?.parentId],
    ["replay of", header?.replayOf],
    ["reason", letter.reason],
  ];
  const lines = fields.flatMap(([name, value]) => (value === undefined ? [] : `${name}: ${cleanLine(value)}\n`));
  return `${lines.join("")}arguments:\n${line(argumentsOf(read, sealer, terminal))}`;
}

function argumentsOf(read: ReadLetter, sealer: Sealer | undefined, terminal: Terminal): string {
  try {
    if (read.header !== undefined) return showValue(createDecoder().decode(openLetter(read, sealer)), terminal);
  } catch (error) {
    if (error instanceof CodecError) return cleanLine(`? (${error.message})`);
    // what cannot be decoded is shown as it is
  }
  return cleanText(new TextDecoder().decode(read.args));
}
