import { testFaults } from "./declare.js";
import { poolLeaks } from "./scenarios/pool-leaks.js";

testFaults(poolLeaks);
