import { execFile, spawn } from "node:child_process";
import { cp, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { Child } from "./child.js";
import { SHORT_LIVED } from "./short-lived.js";
import { tempDir } from "./temp-dir.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const bin = join(root, "packages", "cli", "bin", "taskgen.js");

/** Where and how the command runs. */
export interface CommandOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Another copy of the command's file. */
  readonly bin?: string;
  /** Leads a process group of its own, as a command in a terminal does. @default false */
  readonly detached?: boolean;
}

/** What came of a command. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Nothing of the tests' own surroundings may reach the command. */
function environment(own: Readonly<Record<string, string>> = {}): Record<string, string | undefined> {
  const { TASKGEN_BROKER_URL, TASKGEN_RESULT_BACKEND, NODE_ENV, NODE_OPTIONS, DEBUG, ...rest } = process.env;
  return { ...rest, ...own };
}

/** Runs `taskgen` to its end. */
export function taskgen(args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [...SHORT_LIVED, options.bin ?? bin, ...args],
      { cwd: options.cwd, env: environment(options.env), timeout: 60_000, killSignal: "SIGKILL" },
      (_error, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}

/** Starts `taskgen`; it is killed after the test at the latest. */
export function startTaskgen(args: readonly string[], options: CommandOptions): Child {
  const child = new Child(
    spawn(process.execPath, [...SHORT_LIVED, options.bin ?? bin, ...args], {
      cwd: options.cwd,
      env: environment(options.env),
      stdio: ["pipe", "pipe", "pipe"],
      detached: options.detached ?? false,
    }),
  );
  onTestFinished(() => child.kill());
  return child;
}

/** A copy of a fixture's folder that can import what this workspace has installed. */
export async function copyProject(fixture: URL): Promise<string> {
  const folder = await tempDir();
  await cp(fixture, folder, { recursive: true });
  await symlink(join(root, "node_modules"), join(folder, "node_modules"), "junction");
  return folder;
}

/** The text line of a child that holds `text`. */
export const textLine = (child: Child, text: string): Promise<string> =>
  child.line(`a line with ${JSON.stringify(text)}`, (line) =>
    typeof line === "string" && line.includes(text) ? line : undefined,
  );

/** The JSON line of a child with this event. */
export const eventLine = (child: Child, event: string): Promise<Readonly<Record<string, unknown>>> =>
  child.line(`an event ${event}`, (line) => {
    const entry = line as Readonly<Record<string, unknown>> | null;
    return typeof entry === "object" && entry?.["event"] === event ? entry : undefined;
  });
