import type { ResultBackend } from "@taskgen/core/internal";
import type { Mutant } from "../mutants.js";
import type { VirtualTime } from "../virtual-time.js";
import type { ModelBroker } from "./broker.js";
import type { Faults } from "./faults.js";
import type { Link } from "./link.js";

/** What a transport of the simulation is made of. */
export interface ModelTransportOptions {
  readonly name: string;
  readonly broker: ModelBroker;
  readonly link: Link;
  readonly faults: Faults;
  readonly time: VirtualTime;
  /** Results and deliveries live in one store: they are stored in one step. */
  readonly fusesWith: ResultBackend | undefined;
  readonly dedupe: boolean;
  readonly atomicRetry: boolean;
  readonly mutant: Mutant | undefined;
}
