export type CliErrorCode =
  | "USAGE"
  | "ARGUMENT_INVALID"
  | "CONFIG_INVALID"
  | "CODEGEN_MISSING"
  | "TSX_MISSING"
  | "REGISTRY_MISSING"
  | "APP_INVALID"
  | "BROKER_FIXED"
  | "INSPECT_UNSUPPORTED"
  | "HEALTH_UNAVAILABLE"
  | "BASELINE_MISSING"
  | "BASELINE_INVALID";

/**
 * The command was called wrongly, or in a folder that it cannot work in. Like a `TaskgenError`, but without loading core,
 * which `taskgen generate` does not need.
 */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly code: CliErrorCode;

  constructor(code: CliErrorCode, message: string, details: { readonly cause?: unknown } = {}) {
    super(`[${code}] ${message}`, details);
    this.code = code;
  }
}
