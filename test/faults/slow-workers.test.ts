import { testFaults } from "./declare.js";
import { slowWorkers } from "./scenarios/slow-workers.js";

testFaults(slowWorkers);
