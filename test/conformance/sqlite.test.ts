import { join } from "node:path";
import { tempDir } from "../support/temp-dir.js";
import { fusedSuite } from "./fused-suite.js";
import { resultsSuite } from "./results-suite.js";
import { transportSuite } from "./transport-suite.js";
import { urlImplementation } from "./url-implementation.js";

const sqlite = urlImplementation({
  name: "sqlite",
  url: async () => `sqlite:${join(await tempDir(), "tasks.db")}`,
  reach: "other processes",
  options: { leaseMs: 1_500, heartbeatMs: 300 },
});

transportSuite(sqlite);
resultsSuite(sqlite);
fusedSuite(sqlite);
