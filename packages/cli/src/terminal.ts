/** Where a verb runs and what it can say: the part of a process that verbs see. */
export interface Terminal {
  /** The folder that paths are relative to. */
  readonly cwd: string;
  /** The number of this process. */
  readonly pid: number;
  /** The environment; what is set here, threads that start later see as well. */
  readonly env: Record<string, string | undefined>;
  /** The output is a terminal that shows colours. */
  readonly colors: boolean;
  /** Goes to another folder. */
  enter(folder: string): void;
  /** Writes to the output: what was asked for. */
  print(text: string): void;
  /** Writes to the error output: what went wrong, and remarks. */
  complain(text: string): void;
}

/** Adds the line feed. */
export const line = (text: string): string => (text.endsWith("\n") ? text : `${text}\n`);
