import { brokerUrl } from "../support/brokers.js";
import { namespace } from "../support/namespace.js";
import { resultsSuite } from "./results-suite.js";
import { urlImplementation } from "./url-implementation.js";

/** Messages go through the memory of each process: the suite of results sends none. */
const postgres = urlImplementation({
  name: "postgres",
  url: async () => `memory:${namespace()}`,
  resultsUrl: async () => brokerUrl("postgres"),
  reach: "other processes",
  options: { leaseMs: 1_500, heartbeatMs: 300 },
});

resultsSuite(postgres);
