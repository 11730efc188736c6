import type { Fleet } from "./fleet.js";
import type { Place, PlaceName } from "./places.js";

/** Makes a fault in a fleet and heals it. What comes after is the harness's: everything must end, and the history is checked. */
export type Scenario = (fleet: Fleet) => Promise<void>;

/** A fault that a scenario makes with real processes. */
export interface Run {
  readonly run: Scenario;
  /** Also in `npm test`; otherwise by `npm run test:faults` alone. @default false */
  readonly quick?: boolean;
  /** What the documentation promises for the time until work goes on, in milliseconds: shown beside what was measured. */
  readonly boundMs: number;
  /** Where it is made, if not at the usual broker of its column: a Cluster, a broker with results elsewhere. */
  readonly place?: Place;
  /** Settings of the server: arguments of redis-server, lines of rabbitmq.conf. */
  readonly server?: readonly string[];
  /** Why what this fault takes is not covered by S1 to S12; without it nothing may be lost. */
  readonly mayLose?: string;
  /** The processes have no reason to write anything to their error output. @default false */
  readonly silent?: boolean;
  /** How long the whole may take, in milliseconds. @default 180_000 */
  readonly timeoutMs?: number;
}

/** A fault that tests elsewhere make: their file below `test/`, and a part of each test's name. */
export interface Elsewhere {
  readonly tests: Readonly<Record<string, readonly string[]>>;
}

/** Why there is nothing to test. */
export interface NotApplicable {
  readonly none: string;
}

export type Cell = Run | Elsewhere | NotApplicable;

/** A row of the table fault x transport. */
export interface Fault {
  /** `F1`; variants are `F1b`. */
  readonly id: string;
  /** What happens. */
  readonly title: string;
  /** What the users of taskgen see of it. */
  readonly expected: string;
  readonly cells: Readonly<Record<PlaceName, Cell>>;
}

export const isRun = (cell: Cell): cell is Run => "run" in cell;
