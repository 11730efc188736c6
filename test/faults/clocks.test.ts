import { testFaults } from "./declare.js";
import { clocks } from "./scenarios/clocks.js";

testFaults(clocks);
