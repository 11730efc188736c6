import { testFaults } from "./declare.js";
import { payloads } from "./scenarios/payloads.js";

testFaults(payloads);
