import { testFaults } from "./declare.js";
import { workerCrashes } from "./scenarios/worker-crashes.js";

testFaults(workerCrashes);
