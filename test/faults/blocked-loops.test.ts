import { testFaults } from "./declare.js";
import { blockedLoops } from "./scenarios/blocked-loops.js";

testFaults(blockedLoops);
