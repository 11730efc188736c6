import { testFaults } from "./declare.js";
import { workerDeaths } from "./scenarios/worker-deaths.js";

testFaults(workerDeaths);
