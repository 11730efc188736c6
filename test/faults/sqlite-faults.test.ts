import { testFaults } from "./declare.js";
import { sqliteFaults } from "./scenarios/sqlite-faults.js";

testFaults(sqliteFaults);
