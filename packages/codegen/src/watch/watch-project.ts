import type { TaskgenConfig } from "../config.js";
import type { GenerateResult } from "../generate.js";
import { Generator } from "../generator.js";
import { loadConfig } from "../load-config.js";
import { Changes } from "./changes.js";

const FILES = [
  "tsconfig.json",
  "tasks.contract.json",
  ...["ts", "mts", "js", "mjs"].map((ending) => `taskgen.config.${ending}`),
];

/** What came of one run: files and findings, or the error that ended it, such as a file that cannot be written. */
export type WatchedRun = GenerateResult | { readonly error: unknown };

export interface WatchOptions {
  /** The project's folder; an absolute path. */
  readonly cwd: string;
  /** The configuration that is named, if any. */
  readonly config?: string | undefined;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Told of every run. Changes are looked at again when it resolves; `pending` says whether there are some already. */
  readonly onRun: (run: WatchedRun, changes: Pick<Changes, "pending">) => Promise<void> | void;
  /** Told of the files that a run is about, from the second one on. */
  readonly onChange?: (files: readonly string[]) => void;
  /** Whether the watching keeps the process alive. @default true */
  readonly persistent?: boolean;
}

/**
 * Generates, and again after every change until the signal aborts, one run at a time. What is generated is no change. A
 * changed configuration changes what is watched; what is known of types is kept until then.
 */
export async function watchProject(options: WatchOptions): Promise<void> {
  while (!options.signal.aborted) {
    const { config, diagnostics } = await loadConfig(options.cwd, options.config);
    const changes = await watch(options, config);
    const failure = { files: [], tasks: [], diagnostics };
    const generator = diagnostics.length > 0 ? undefined : new Generator(options.cwd, config);
    try {
      await untilReconfigured(options, changes, (changed) => generator?.run({ changed }) ?? Promise.resolve(failure));
    } catch (error) {
      if (!options.signal.aborted) throw error;
    } finally {
      generator?.save();
      await changes.close();
    }
  }
}

type Run = (changed: readonly string[]) => Promise<GenerateResult>;

async function untilReconfigured(options: WatchOptions, changes: Changes, run: Run): Promise<void> {
  let changed: readonly string[] = [];
  for (;;) {
    await options.onRun(await settle(run(changed)), changes);
    changed = await changes.next(options.signal);
    options.onChange?.(changed);
    if (changed.some((path) => decidesWhatIsWatched(path, options.config))) return;
  }
}

/** A file that goes away while it is read must not end the watching. */
const settle = (run: Promise<GenerateResult>): Promise<WatchedRun> => run.catch((error: unknown) => ({ error }));

/** Watches what the configuration of this moment says that matters. */
function watch({ cwd, config: explicit, persistent }: WatchOptions, config: TaskgenConfig): Promise<Changes> {
  const sources = sourcesOf(config);
  return Changes.watch({
    cwd,
    paths: explicit === undefined ? sources : [...sources, explicit],
    names: [...FILES, ...sources.map((path) => path.split("/")[0]!)],
    except: outDirOf(config),
    ...(persistent !== undefined && { persistent }),
  });
}

const outDirOf = ({ outDir = "src/_generated" }: TaskgenConfig): string => tidy(outDir);

/** The folders of the tasks and of what they are likely to import. */
function sourcesOf({ include = [], rootDir = "src" }: TaskgenConfig): string[] {
  return [...new Set([rootDir, ...include.map(baseOf)].map(tidy))];
}

/** The folder before the first special character of a glob. */
function baseOf(glob: string): string {
  const parts = glob.split("/");
  const special = parts.findIndex((part) => /[*?[\]{}()!+@]/.test(part));
  return (special < 0 ? parts : parts.slice(0, special)).join("/") || ".";
}

const tidy = (path: string): string =>
  path
    .replaceAll("\\", "/")
    .replace(/^(?:\.\/)+/, "")
    .replace(/\/+$/, "") || ".";

/** The configuration, or something in the project's own folder, such as a folder of sources that was not there before. */
const decidesWhatIsWatched = (path: string, explicit: string | undefined): boolean =>
  !/[\\/]/.test(path) || (explicit !== undefined && tidy(explicit) === tidy(path));
