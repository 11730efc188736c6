import { testFaults } from "./declare.js";
import { soaks } from "./scenarios/soak.js";

testFaults(soaks);
