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
  /** Takes over what Node would print as a warning of this process. */
  readonly onWarning: (listener: (warning: Error) => void) => void;
  /** Goes to another folder. */
  readonly enter: (folder: string) => void;
  /** Asks whoever sits there, and resolves to the answer; `undefined` where nobody does. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** Writes to the output: what was asked for. */
  readonly print: (text: string) => void;
  /** Writes to the error output: what went wrong, and remarks. */
  readonly complain: (text: string) => void;
}

/** Adds the line feed. */
export const line = (text: string): string => (text.endsWith("\n") ? text : `${text}\n`);
