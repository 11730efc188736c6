import { namespace } from "../support/namespace.js";
import { fusedSuite } from "./fused-suite.js";
import { resultsSuite } from "./results-suite.js";
import { transportSuite } from "./transport-suite.js";
import { urlImplementation } from "./url-implementation.js";

const endsWithItsUsers = "a broker in memory ends with its last user";

const memory = urlImplementation({
  name: "memory",
  url: async () => `memory:${namespace()}`,
  reach: "this process",
  skip: {
    "keeps messages while nobody is connected": endsWithItsUsers,
    "keeps who waits while nobody is connected": endsWithItsUsers,
    "keeps marks while nobody is connected": endsWithItsUsers,
    "keeps registers while nobody is connected": endsWithItsUsers,
  },
});

transportSuite(memory);
resultsSuite(memory);
fusedSuite(memory);
