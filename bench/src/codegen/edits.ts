/** What is written in place of what, so that a file of the large project is another one each time. */
export const EDITS = {
  /** The body of a function that says what it returns. */
  body: [/length \* factor(?: \* \d+)?/, (edit) => `length * factor * ${edit}`],
  /** A parameter of such a function. */
  written: [/(factor = \d+)[^)]*/, (edit) => `$1, edit${edit} = 1`],
  /** What a function returns that does not say it. */
  inferred: [/at: new Date\(\)[^}]*?, lines/, (edit) => `at: new Date(), edit${edit}: 1, lines`],
} as const satisfies Record<string, readonly [RegExp, (edit: number) => string]>;

/** What an edit changes. */
export type Edit = keyof typeof EDITS;

/** The text of a file after an edit. */
export const edited = (text: string, edit: Edit, count: number): string => {
  const [pattern, replacement] = EDITS[edit];
  return text.replace(pattern, replacement(count));
};
