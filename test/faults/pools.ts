import type { Part, WorkerOptions } from "./fleet-processes.js";

/** Two pool processes that run five tasks each. */
export const PROCESSES = {
  worker: { pool: "processes", processes: 2, concurrency: 10 },
} as const satisfies Partial<WorkerOptions>;
/** Two pool threads that run five tasks each. */
export const THREADS = { worker: { threads: 2, concurrency: 10 } } as const satisfies Partial<WorkerOptions>;

/** What a worker warned of. */
export const warningsOf = ({ child }: Part): string[] =>
  child.lines.flatMap((line) => (line as { readonly warning?: string }).warning ?? []);

/** What its pool's threads or processes died of. */
export const deathsIn = (worker: Part): string[] => warningsOf(worker).filter((text) => /^a pool \w+ died/.test(text));

/** Resolves when a worker has warned of something with this text. */
export const warned = ({ child }: Part, text: string): Promise<string> =>
  child.line(
    `a warning: ${text}`,
    (line) => {
      const { warning } = line as { readonly warning?: string };
      return warning?.includes(text) === true ? warning : undefined;
    },
    60_000,
  );
