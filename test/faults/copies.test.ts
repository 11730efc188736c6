import { testFaults } from "./declare.js";
import { copies } from "./scenarios/copies.js";

testFaults(copies);
