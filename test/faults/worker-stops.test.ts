import { testFaults } from "./declare.js";
import { workerStops } from "./scenarios/worker-stops.js";

testFaults(workerStops);
