/** Bytes of a process. */
export interface Memory {
  readonly resident: number;
  /** The most that it ever had. */
  readonly peak: number;
}

export const memory = (): Memory => ({
  resident: process.memoryUsage.rss(),
  peak: process.resourceUsage().maxRSS * 1024,
});
