import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath, pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";
import { compiled, isOfTests } from "./compiled.js";
import { SHORT_LIVED } from "./short-lived.js";
import { within } from "./within.js";

const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

/** How to start a child. */
export interface ChildOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** It works hard for long. @default false */
  readonly isLongLived?: boolean;
}

/** How a child ended. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child process that writes one JSON value per line. It is killed after the test at the latest. */
export class Child {
  readonly exited: Promise<ChildExit>;
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: unknown[] = [];
  readonly #watchers = new Set<() => void>();
  #stderr = "";

  constructor(process: ChildProcessByStdio<Writable, Readable, Readable>) {
    this.#process = process;
    this.exited = once(process, "close").then(([code, signal]) => ({ code, signal }));
    createInterface({ input: process.stdout }).on("line", (line) => this.#add(parse(line)));
    process.stderr.setEncoding("utf8").on("data", (text: string) => (this.#stderr += text));
    process.stdin.on("error", () => {});
    void this.exited.then(() => this.#notify());
  }

  get pid(): number {
    return this.#process.pid ?? -1;
  }

  /** What it wrote to its error output so far. */
  get stderr(): string {
    return this.#stderr;
  }

  /** The lines so far. */
  get lines(): readonly unknown[] {
    return this.#lines;
  }

  /** The first line that `pick` answers to, among those that came and those to come. */
  async line<T>(what: string, pick: (line: unknown) => T | undefined, ms?: number): Promise<T> {
    let watcher: (() => void) | undefined;
    const found = new Promise<T>((resolve, reject) => {
      watcher = () => {
        const picked = this.#lines.map(pick).find((one) => one !== undefined);
        if (picked !== undefined) resolve(picked);
        else if (this.#hasEnded) reject(new Error(`${what}: the child ended before\n${this.#stderr}`));
      };
      this.#watchers.add(watcher);
      watcher();
    });
    try {
      return await within(what, found, ms);
    } finally {
      if (watcher !== undefined) this.#watchers.delete(watcher);
    }
  }

  /** Writes one JSON line to its input. */
  write(value: unknown): void {
    this.#process.stdin.write(`${JSON.stringify(value)}\n`);
  }

  /** Closes its input. */
  end(): void {
    this.#process.stdin.end();
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Kills it, stopped or not, and waits until it is gone. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await within("the end of a killed child", this.exited);
  }

  get #hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  #add(line: unknown): void {
    this.#lines.push(line);
    this.#notify();
  }

  #notify(): void {
    for (const watcher of this.#watchers) watcher();
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}

/** The arguments for Node. */
function program(file: URL): string[] {
  if (isOfTests(file)) return [compiled(file)];
  return file.pathname.endsWith(".ts") ? ["--import", tsx, fileURLToPath(file)] : [fileURLToPath(file)];
}

/** Starts a TypeScript or JavaScript file with this Node. Must be called within a test. */
export function spawnChild(file: URL, options: ChildOptions = {}): Child {
  const child = new Child(
    spawn(process.execPath, [...(options.isLongLived ? [] : SHORT_LIVED), ...program(file), ...(options.args ?? [])], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    }),
  );
  onTestFinished(() => child.kill());
  return child;
}
