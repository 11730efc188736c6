import type { CheckOptions } from "../support/history/check.js";
import { limitTermsOf } from "./features.js";
import { PART_LEASE_MS } from "./features/keys.js";
import type { Scenario } from "./scenario.js";

/** What the servers and the tasks of a scenario promise. */
export const expectations = ({ rules }: Scenario): CheckOptions => ({
  dedupe: rules.dedupe,
  maxRedeliveries: 3,
  leaseMs: rules.leaseMs,
  exactRedeliveries: rules.atomicRetry,
  tellsClaims: true,
  termsOf: limitTermsOf,
  partLeaseMs: PART_LEASE_MS,
});
