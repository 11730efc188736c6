import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { CliError } from "../cli-error.js";
import { completeManifest, FILES, IGNORED, newManifest } from "../new-project.js";
import type { Terminal } from "../terminal.js";
import { version } from "../version.js";

const HELP = `
Writes a project with one task and one call of it: package.json, tsconfig.json, src/tasks/math.task.ts, src/main.ts and
lines of .gitignore. A file that exists stays as it is; package.json gets the scripts and dependencies that it lacks.

Examples:
  $ npx taskgen init
  $ npx taskgen init --cwd services/mail

Exit codes: 0 the project is there; 1 otherwise.`;

/** Defines `taskgen init`. */
export function describeInit(command: Command): Command {
  return command.description("write a small project into this folder").addHelpText("after", HELP);
}

/** What became of a file. */
interface Change {
  readonly path: string;
  readonly change: "wrote" | "added to" | "kept";
}

/** Writes what the folder lacks of a project; resolves to the exit code. */
export async function runInit({ cwd, print }: Pick<Terminal, "cwd" | "print">): Promise<number> {
  const changes = [
    writeManifest(cwd),
    ...Object.entries(FILES).map(([path, text]) => writeMissing(cwd, path, text)),
    ignore(cwd),
  ];
  print(changes.map(({ path, change }) => `${change.padEnd(8)} ${path}\n`).join(""));
  print(`${remark(cwd)}\nNext, each in a terminal of its own:\n${nextCommands(cwd)}`);
  return 0;
}

function writeMissing(cwd: string, path: string, text: string): Change {
  if (existsSync(join(cwd, path))) return { path, change: "kept" };
  mkdirSync(dirname(join(cwd, path)), { recursive: true });
  writeFileSync(join(cwd, path), text, { flag: "wx" });
  return { path, change: "wrote" };
}

function writeManifest(cwd: string): Change {
  const path = "package.json";
  const before = readIfPresent(join(cwd, path));
  if (before === undefined) return writeMissing(cwd, path, newManifest(cwd, version()));
  const after = completed(before);
  if (after === before) return { path, change: "kept" };
  writeFileSync(join(cwd, path), after);
  return { path, change: "added to" };
}

function completed(manifest: string): string {
  try {
    return completeManifest(manifest, version());
  } catch (cause) {
    throw new CliError("CONFIG_INVALID", "package.json is not JSON; correct it first", { cause });
  }
}

/** Adds the lines that .gitignore lacks. */
function ignore(cwd: string): Change {
  const path = ".gitignore";
  const before = readIfPresent(join(cwd, path));
  if (before === undefined) return writeMissing(cwd, path, IGNORED.map((line) => `${line}\n`).join(""));
  const present = new Set(before.split("\n").map((line) => line.trim().replace(/^\/|\/$/g, "")));
  const missing = IGNORED.filter((line) => !present.has(line.replace(/\/$/, "")));
  if (missing.length === 0) return { path, change: "kept" };
  const start = before === "" || before.endsWith("\n") ? before : `${before}\n`;
  writeFileSync(join(cwd, path), `${start}${missing.join("\n")}\n`);
  return { path, change: "added to" };
}

function readIfPresent(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** What the project's author must decide. */
function remark(cwd: string): string {
  const { type } = JSON.parse(readFileSync(join(cwd, "package.json"), "utf8")) as { readonly type?: string };
  if (type === "module") return "";
  return '\npackage.json has no "type": "module", which src/main.ts needs; add it, and mind your other .js files\n';
}

function nextCommands(cwd: string): string {
  const isInstalled = ["core", "codegen"].every((name) => existsSync(join(cwd, "node_modules/@taskgen", name)));
  const dev = isInstalled ? "npx taskgen dev" : "npm install && npx taskgen dev";
  return [
    `  ${dev.padEnd(32)} generates, and runs the tasks; again after every change`,
    `  ${"npx tsx src/main.ts".padEnd(32)} calls add(4, 4) and prints 8`,
    "",
  ].join("\n");
}
