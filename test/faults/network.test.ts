import { testFaults } from "./declare.js";
import { network } from "./scenarios/network.js";

testFaults(network);
