/** Checks the decoded arguments of one task. */
export interface Validator {
  /** What does not fit, in order of appearance; empty when everything does. Never changes its argument. */
  check(args: readonly unknown[]): readonly Issue[];
}

/** One thing that does not fit. */
export interface Issue {
  /** Where: the index of the argument, then keys and indexes within it. */
  readonly path: readonly (string | number)[];
  /** Why, such as `expected number, received string`. */
  readonly message: string;
}

/** The validators of a project by the wire names of its tasks: the generated `validators`. */
export type Validators = Readonly<Record<string, Validator>>;
