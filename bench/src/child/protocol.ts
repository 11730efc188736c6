/** What is asked of a child process. */
export interface Question {
  readonly id: number;
  readonly command: string;
  readonly input: unknown;
}

/** What it answers; the answer 0 is that it is ready. */
export type Answer =
  { readonly id: number; readonly value: unknown } | { readonly id: number; readonly failure: string };
