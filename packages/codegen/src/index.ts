export type { AppLocation, ImportExtension, TaskgenConfig } from "./config.js";
export type { Diagnostic, DiagnosticCode, Place, RelatedPlace, Severity } from "./diagnostics.js";
export { formatDiagnostics, type DiagnosticFormat } from "./format-diagnostics.js";
export { generate, type GeneratedFile, type GenerateOptions, type GenerateResult } from "./generate.js";
export { loadConfig, type LoadedConfig } from "./load-config.js";
export type { ClientOptions, Span, TaskModel } from "./model.js";
