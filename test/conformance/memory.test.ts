import { namespace } from "../support/namespace.js";
import { fusedSuite } from "./fused-suite.js";
import { resultsSuite } from "./results-suite.js";
import { transportSuite } from "./transport-suite.js";
import { urlImplementation } from "./url-implementation.js";

const memory = urlImplementation({
  name: "memory",
  url: async () => `memory:${namespace()}`,
  reach: "this process",
  skip: { "keeps messages while nobody is connected": "a broker in memory ends with its last user" },
});

transportSuite(memory);
resultsSuite(memory);
fusedSuite(memory);
