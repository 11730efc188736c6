import type { RemoteError } from "@taskgen/core";

/** What came of running a task: plain data, decided before anything is stored or acknowledged. */
export type Verdict =
  | { readonly kind: "success"; readonly body: Uint8Array }
  /** It threw, and is not to be retried. `expected`: the task declares the error with `throws`. */
  | { readonly kind: "failure"; readonly error: RemoteError; readonly expected: boolean }
  /** Run again this many milliseconds from now. */
  | { readonly kind: "retry"; readonly delayMs: number; readonly error: RemoteError }
  /** Its time to start was over before it began: it needs another one. */
  | { readonly kind: "late" }
  /** Not this task's work, or not work at all: REJECTED and a dead letter. */
  | { readonly kind: "reject"; readonly error: RemoteError }
  /** REVOKED: by its caller, or because it expired. `terminated`: of one that ran, whether it was ended by force. */
  | { readonly kind: "revoke"; readonly error: RemoteError; readonly terminated?: boolean }
  /** IGNORED, without a value. `error`: why, where the task did not ask for it. */
  | { readonly kind: "ignore"; readonly error?: RemoteError }
  /** Those who ran it died too often: FAILURE and a dead letter. */
  | { readonly kind: "worker-lost"; readonly error: RemoteError };
