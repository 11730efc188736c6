import type { Step } from "./type-path.js";
import type { TypeModel } from "./type-model.js";

/** Why a reader may not understand what was written. */
export type FindingKind =
  /** some written values are none of the reader's */
  | "type"
  /** nothing is known of what was written */
  | "anything"
  /** the reader requires what is never written */
  | "missing"
  /** the reader requires what is not always written */
  | "sometimes-missing"
  /** the reader does not know what is written, and leaves it */
  | "ignored"
  /** the parameter has another name */
  | "renamed"
  /** the parameter has another place */
  | "moved";

/** `break`: some values are not readable. `warn`: they may be misunderstood. `note`: nothing is lost that matters by type. */
export type Severity = "break" | "warn" | "note";

/** One thing about a written type and the type that it is read as. */
export interface Finding {
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly path: readonly Step[];
  /** Absent where nothing is written there. */
  readonly written?: TypeModel;
  /** Absent where the reader expects nothing there. */
  readonly reader?: TypeModel;
  /** Of `written`, what does not fit. */
  readonly misfit?: TypeModel;
  /** Whether what is written or read there is optional. */
  readonly optional?: true;
}

/** Whether some values are not readable. */
export const isBroken = (findings: readonly Finding[]): boolean =>
  findings.some(({ severity }) => severity === "break");

/** The findings as seen from one step further out. */
export const within = (step: Step, findings: readonly Finding[]): Finding[] =>
  findings.map((finding) => ({ ...finding, path: [step, ...finding.path] }));
