import { testFaults } from "./declare.js";
import { delayedTasks } from "./scenarios/delayed-tasks.js";

testFaults(delayedTasks);
