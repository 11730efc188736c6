/** How long a tear-down may take. */
export const TEAR_DOWN_MS = 5_000;

export const tearDownTooLong = (what: string): Error =>
  new Error(`the tear-down of a ${what} took longer than ${TEAR_DOWN_MS / 1_000} s and was given up`);
