import type { Ambient } from "../ambient.js";
import type { Connection } from "./connection.js";

/** Takes the place of an app's connection and surroundings, so that a test needs neither a broker nor to wait. */
export interface StandIn {
  readonly connection: Promise<Connection>;
  readonly ambient: Ambient;
  /** A call resolves only when this does, after the broker has it. */
  readonly afterSend?: (ids: readonly string[]) => Promise<void>;
}

/** The surroundings that are current at each use. */
export const following = (current: () => Ambient): Ambient => ({
  now: () => current().now(),
  setAlarm: (ring, ms) => current().setAlarm(ring, ms),
  random: () => current().random(),
  createId: () => current().createId(),
  failpoint: (name) => current().failpoint(name),
});
