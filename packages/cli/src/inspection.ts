import { canInspect, internalsOf, type Inspect, type Sealer, type Transport } from "@taskgen/core/internal";
import { CliError } from "./cli-error.js";
import { applyConnectionOptions, type ConnectionOptions } from "./connection-options.js";
import { openApp, requireBroker } from "./project.js";
import type { Terminal } from "./terminal.js";

/** What to look into. */
export interface InspectionOptions extends ConnectionOptions {
  readonly config?: string;
}

/**
 * Looks into the broker of the project, and closes it after. `look` is also given the queue of tasks that name none,
 * and what opens its messages where the app has keys.
 * @throws CliError `INSPECT_UNSUPPORTED` when the broker cannot tell what it holds.
 */
export async function withInspection(
  options: InspectionOptions,
  terminal: Terminal,
  look: (broker: Transport & Inspect, queue: string, sealer: Sealer | undefined) => Promise<number>,
): Promise<number> {
  applyConnectionOptions(options, terminal);
  const app = await openApp(terminal.cwd, options.config);
  requireBroker(app, options.broker);
  try {
    const { transport, sealer } = await internalsOf(app).connection();
    if (canInspect(transport)) return await look(transport, internalsOf(app).options.queue, sealer);
    throw new CliError(
      "INSPECT_UNSUPPORTED",
      `${transport.location} cannot tell what its queues hold; look there with the broker's own tools`,
    );
  } finally {
    await app.close();
  }
}
