/** What one look came to. */
export interface Finding {
  /** `note`: to know, not to mend. */
  readonly level: "ok" | "note" | "wrong";
  readonly what: string;
  /** What to do about it. */
  readonly fix?: string;
}
