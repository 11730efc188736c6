import { testFaults } from "./declare.js";
import { resultStores } from "./scenarios/result-stores.js";

testFaults(resultStores);
