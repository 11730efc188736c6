import { describe } from "vitest";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { testSeeds } from "./campaign.js";

describe("the simulated engine", () => {
  expectNothingLeftRunning();
  testSeeds(1, 1_000);
});
