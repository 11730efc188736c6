import { testFaults } from "./declare.js";
import { standstill } from "./scenarios/standstill.js";

testFaults(standstill);
