import { TaskError } from "@taskgen/core";

/** An error in one line: of a task its own, otherwise the engine's. */
export const describeError = (error: Error): string =>
  error instanceof TaskError ? `${error.remote.name}: ${error.remote.message}` : `${error.name}: ${error.message}`;
