import type { TaskgenConfig } from "@taskgen/codegen";
import { Changes } from "./changes.js";
import { loadCodegen } from "./load-codegen.js";
import type { Terminal } from "./terminal.js";
import { CliError } from "./cli-error.js";
import { reportError } from "./report-error.js";

const FILES = ["tsconfig.json", ...["ts", "mts", "js", "mjs"].map((ending) => `taskgen.config.${ending}`)];

/** What is done on changes. */
export interface OnChange {
  /** The configuration that is named, if any. */
  readonly config: string | undefined;
  /** Generates; resolves to an exit code. */
  readonly generate: () => Promise<number>;
  /** Called after it. Changes are looked for again when it resolves. @default nothing */
  readonly generated?: (succeeded: boolean, changes: Changes) => Promise<void>;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/**
 * Generates, and again after every change until the signal aborts, one run at a time. Diagnostics are shown; they do not
 * end it. A changed configuration changes what is watched.
 */
export async function generateOnChange(on: OnChange): Promise<void> {
  while (!on.signal.aborted) {
    const changes = await watchProject(on.terminal.cwd, on.config);
    try {
      await untilReconfigured(changes, on);
    } catch (error) {
      if (!on.signal.aborted) throw error;
    } finally {
      await changes.close();
    }
  }
}

async function untilReconfigured(changes: Changes, { terminal, signal, ...on }: OnChange): Promise<void> {
  for (;;) {
    const succeeded = await succeeds(on.generate, terminal);
    await on.generated?.(succeeded, changes);
    const changed = await changes.next(signal);
    terminal.print(`taskgen: ${listed(changed)} changed\n`);
    if (changed.some((path) => decidesWhatIsWatched(path, on.config))) return;
  }
}

/** A file that goes away while it is read must not end the watching; a project that can never be generated does. */
async function succeeds(generate: () => Promise<number>, terminal: Terminal): Promise<boolean> {
  try {
    return (await generate()) === 0;
  } catch (error) {
    if (error instanceof CliError) throw error;
    return reportError(error, terminal) === 0;
  }
}

/** Watches what the configuration of this moment says that matters. */
async function watchProject(cwd: string, explicit: string | undefined): Promise<Changes> {
  const { loadConfig } = await loadCodegen(cwd);
  const { config } = await loadConfig(cwd, explicit);
  const sources = sourcesOf(config);
  return Changes.watch({
    cwd,
    paths: explicit === undefined ? sources : [...sources, explicit],
    names: [...FILES, ...sources.map((path) => path.split("/")[0]!)],
    except: outDirOf(config),
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

const listed = (paths: readonly string[]): string =>
  paths.length > 3 ? `${paths.slice(0, 3).join(", ")} and ${paths.length - 3} more` : paths.join(", ");
