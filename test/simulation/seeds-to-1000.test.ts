import { afterAll, describe } from "vitest";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { watchNoResources } from "../support/resource-watch.js";
import { testSeeds } from "./campaign.js";

describe("the simulated engine", () => {
  // n.b. whoever watches what is made sees each promise, which is a tenth of the time of a simulation: a hundred tell
  describe("leaves nothing running", () => {
    expectNothingLeftRunning();
    afterAll(watchNoResources);
    testSeeds(1, 100);
  });
  testSeeds(101, 1_000);
});
