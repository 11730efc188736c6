/** What each failure takes of what a broker has acknowledged, in words for those who run it: `nothing`, `the last second`. */
export interface Losses {
  /** The process that holds the messages ends: a server, or every process that uses a file. */
  readonly brokerKilled: string;
  /** The machine loses its power, or its kernel ends. */
  readonly powerLoss: string;
  /** The machine does not come back, nor do its disks. */
  readonly machineGone: string;
  /** There is no memory or no disk left. */
  readonly noRoom: string;
}
