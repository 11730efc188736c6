import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** docs/operations.md. */
export const page = readFileSync(fileURLToPath(new URL("../../docs/operations.md", import.meta.url)), "utf8");

/** The block of the page that says it is this file. */
export function manifest(file: string): string {
  const block = new RegExp(`^\`\`\`\\w+ file=${file.replaceAll(".", "\\.")}\n([\\s\\S]*?)^\`\`\`$`, "m").exec(page);
  if (block === null) throw new Error(`operations.md has no ${file}`);
  return block[1]!;
}

/** What stands after `name=` or `name:` in a manifest. */
export function setting(text: string, name: string): string {
  const found = new RegExp(`^ *${name}[=:] ?(.*)$`, "m").exec(text);
  if (found === null) throw new Error(`there is no ${name} in ${text}`);
  return found[1]!;
}

const words = (command: string): string[] => command.split(" ");

/** The items of a list of YAML, one per line. */
function items(text: string, name: string): string[] {
  const lines = text.split("\n");
  const at = lines.findIndex((line) => line.trim() === `${name}:`) + 1;
  const length = lines.slice(at).findIndex((line) => !line.trim().startsWith("- "));
  return lines.slice(at, at + length).map((line) => line.trim().slice("- ".length));
}

/** What each manifest starts: the command and its arguments. */
export const commands: Readonly<Record<string, () => string[]>> = {
  "taskgen-worker.service": () => words(setting(manifest("taskgen-worker.service"), "ExecStart")),
  "taskgen-worker.conf": () => words(setting(manifest("taskgen-worker.conf"), "command")),
  Dockerfile: () => JSON.parse(/^CMD (.*)$/m.exec(manifest("Dockerfile"))![1]!) as string[],
  "worker.yaml": () => {
    const yaml = manifest("worker.yaml");
    return [...(JSON.parse(setting(yaml, "command")) as string[]), ...items(yaml, "args")];
  },
};

/** How many seconds each manifest waits before it kills. */
export const patience: Readonly<Record<string, () => number>> = {
  "taskgen-worker.service": () => Number(setting(manifest("taskgen-worker.service"), "TimeoutStopSec")),
  "taskgen-worker.conf": () => Number(setting(manifest("taskgen-worker.conf"), "stopwaitsecs")),
  "worker.yaml": () => Number(setting(manifest("worker.yaml"), "terminationGracePeriodSeconds")),
};
