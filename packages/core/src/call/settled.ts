import type { TerminalState } from "../state.js";
import type { TaskError } from "./task-error.js";

/** How a task ended, without throwing. `E` are the errors the task declares with `throws`. */
export type Settled<R, E = never> =
  | { readonly ok: true; readonly state: "SUCCESS"; readonly value: R }
  | { readonly ok: false; readonly state: "FAILURE"; readonly declared: true; readonly error: E }
  | {
      readonly ok: false;
      readonly state: Exclude<TerminalState, "SUCCESS">;
      readonly declared: false;
      readonly error: TaskError;
    };
