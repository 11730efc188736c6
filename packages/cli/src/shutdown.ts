import type { Worker } from "@taskgen/worker";

/** What is said of a worker's end. */
export interface ShutdownEvents {
  readonly stopping: (signal: NodeJS.Signals) => void;
  /** A second signal: the process ends now. */
  readonly aborting: (signal: NodeJS.Signals) => void;
  /** An error that nothing caught: the process ends now. */
  readonly crashed: (error: unknown) => void;
}

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;
type StopSignal = keyof typeof EXIT_CODES;

/**
 * Stops the worker on SIGTERM, SIGINT and fatal errors, and ends the process on a second signal. Resolves to the exit
 * code when the worker has stopped: 0 when everything that ran was finished, otherwise 1.
 */
export function exitCodeOf(worker: Pick<Worker, "on" | "stop">, on: ShutdownEvents): Promise<number> {
  process.on("uncaughtException", (error) => crash(error, on));
  process.on("unhandledRejection", (reason) => crash(reason, on));
  return new Promise((resolve, reject) => {
    let stopping = false;
    const stop = (exitCode: number): void => {
      stopping = true;
      worker.stop().then(({ clean }) => resolve(clean ? exitCode : 1), reject);
    };
    const onSignal = (signal: StopSignal): void => {
      if (stopping) return abort(signal, on);
      on.stopping(signal);
      stop(0);
    };
    for (const signal of Object.keys(EXIT_CODES) as StopSignal[]) process.on(signal, () => onSignal(signal));
    // whoever started this worker with a channel has ended
    process.once("disconnect", () => stopping || onSignal("SIGTERM"));
    worker.on("fatal", () => stop(1));
  });
}

/** What `untilStopped` runs. */
export interface Stoppable {
  /** Resolves to the exit code, soon after the signal aborts at the latest. */
  readonly run: (signal: AbortSignal) => Promise<number>;
  /** A second signal: the process ends right after. */
  readonly abort?: () => void;
}

/** Runs until SIGTERM or SIGINT; a second one ends the process at once. Resolves to the exit code. */
export function untilStopped({ run, abort: abortNow }: Stoppable): Promise<number> {
  const controller = new AbortController();
  for (const signal of Object.keys(EXIT_CODES) as StopSignal[]) {
    process.on(signal, () => {
      if (!controller.signal.aborted) return controller.abort(new Error(`stopped by ${signal}`));
      abortNow?.();
      process.exit(EXIT_CODES[signal]);
    });
  }
  return run(controller.signal);
}

function abort(signal: StopSignal, on: ShutdownEvents): void {
  on.aborting(signal);
  process.exit(EXIT_CODES[signal]);
}

function crash(error: unknown, on: ShutdownEvents): void {
  on.crashed(error);
  process.exit(1);
}
