/** How taskgen meets what tests of Celery test, and what they leave out. */
export interface CeleryTests {
  /** As numbered in our list: its named fault tests are `1` to `54`, what it does not test `a` to `r`. */
  readonly no: string;
  /** Its file, or what no file of it tests. */
  readonly where: string;
  readonly tests: readonly string[];
  /** Rows of the table of faults. */
  readonly faults?: readonly string[];
  /** Tests elsewhere: their file below `test/`, and a part of each test's name. */
  readonly ours?: Readonly<Record<string, readonly string[]>>;
  /** Why all or a part of it has no counterpart. */
  readonly none?: string;
}

/** Why there is no answer to tests of chains, groups and chords. */
export const CANVAS = "no chains, groups and chords yet: canvas is not part of taskgen today";
