import { existsSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import type { FSWatcher } from "chokidar";

/** What to watch. */
export interface ChangesOptions {
  /** The project's folder; the paths are relative to it. */
  readonly cwd: string;
  /** Files, and folders with all in them. */
  readonly paths: readonly string[];
  /** Names of files and folders in the project's folder itself, there or not. */
  readonly names: readonly string[];
  /** A folder whose files are of no concern: what is generated. */
  readonly except: string;
  /** How long the files must be quiet, in milliseconds: editors and checkouts write many at once. @default 100 */
  readonly quietMs?: number;
  /** Whether watching keeps the process alive. @default true */
  readonly persistent?: boolean;
}

/** The changes of a project's files. Those that happen while nobody waits are not lost. */
export class Changes {
  readonly #watchers: readonly FSWatcher[];
  readonly #quietMs: number;
  readonly #changed = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #isQuiet = true;
  #waiting: (() => void) | undefined;

  private constructor(watchers: readonly FSWatcher[], quietMs: number) {
    this.#watchers = watchers;
    this.#quietMs = quietMs;
    for (const watcher of watchers) watcher.on("all", (_event, path) => this.#note(path));
  }

  /** Resolves when no later change can be missed. */
  static async watch(options: ChangesOptions): Promise<Changes> {
    const { cwd, paths, names, except, quietMs = 100, persistent = true } = options;
    const { watch } = await import("chokidar");
    const inside = (path: string): string => relative(cwd, path).split(sep).join("/");
    // n.b. among paths of which one is missing, chokidar is "ready" before it knows the others
    const present = paths.filter((path) => existsSync(resolve(cwd, path)));
    const below = { cwd, persistent, ignoreInitial: true, ignored: (path: string) => isIgnored(inside(path), except) };
    const beside = {
      cwd,
      persistent,
      ignoreInitial: true,
      depth: 0,
      ignored: (path: string) => !["", ...names].includes(inside(path)),
    };
    const watchers = [...(present.length > 0 ? [watch(present, below)] : []), watch(".", beside)];
    const changes = new Changes(watchers, quietMs);
    // n.b. an error that nobody listens to, such as that of the next folder, would end the process
    const ready = watchers.map(
      (watcher) => new Promise<void>((done, fail) => watcher.once("ready", done).on("error", fail)),
    );
    await Promise.all(ready).catch(async (error: unknown) => {
      await changes.close();
      throw error;
    });
    return changes;
  }

  /** Whether something changed since `next` resolved the last time. */
  get pending(): boolean {
    return this.#changed.size > 0;
  }

  /** The files that changed, once there are some and they are quiet. Rejects with the signal's reason. */
  async next(signal: AbortSignal): Promise<readonly string[]> {
    signal.throwIfAborted();
    const told = new AbortController();
    await new Promise<void>((resolve, reject) => {
      this.#waiting = resolve;
      signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true, signal: told.signal });
      this.#tell();
    }).finally(() => told.abort());
    const changed = [...this.#changed].toSorted();
    this.#changed.clear();
    return changed;
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await Promise.all(this.#watchers.map((watcher) => watcher.close()));
  }

  #note(path: string): void {
    this.#changed.add(path);
    this.#isQuiet = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#isQuiet = true;
      this.#tell();
    }, this.#quietMs);
  }

  #tell(): void {
    if (this.#isQuiet && this.pending) this.#waiting?.();
  }
}

/** Packages, hidden files, what editors leave beside a file, and what is generated. Paths above the project do count. */
function isIgnored(path: string, except: string): boolean {
  if (path === "" || path.startsWith("..")) return /(^|\/)node_modules(\/|$)/.test(path);
  return path === except || path.startsWith(`${except}/`) || /(^|\/)(node_modules(\/|$)|\.)|~$/.test(path);
}
