import { testFaults } from "./declare.js";
import { failpoints } from "./scenarios/failpoints.js";

testFaults(failpoints);
