import { testFaults } from "./declare.js";
import { deploys } from "./scenarios/deploys.js";

testFaults(deploys);
