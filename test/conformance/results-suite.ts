import type { Implementation } from "./implementation.js";
import { limiting } from "./results/limiting.js";
import { marking } from "./results/marking.js";
import { storing } from "./results/storing.js";
import { swapping } from "./results/swapping.js";
import { streaming } from "./results/streaming.js";
import { collecting } from "./results/collecting.js";
import { waiting } from "./results/waiting.js";
import { watching } from "./results/watching.js";
import { suite } from "./suite.js";

/** What every `ResultBackend` must do. */
export function resultsSuite(implementation: Implementation): void {
  suite("results", implementation, { storing, waiting, collecting, watching, marking, swapping, limiting, streaming });
}
