import type { Implementation } from "./implementation.js";
import { suite } from "./suite.js";
import { broadcasting } from "./transport/broadcasting.js";
import { consuming } from "./transport/consuming.js";
import { delaying } from "./transport/delaying.js";
import { idling } from "./transport/idling.js";
import { inspecting } from "./transport/inspecting.js";
import { living } from "./transport/living.js";
import { owning } from "./transport/owning.js";
import { sending } from "./transport/sending.js";
import { settling } from "./transport/settling.js";

/** What every `Transport` must do. */
export function transportSuite(implementation: Implementation): void {
  suite("transport", implementation, {
    sending,
    consuming,
    delaying,
    settling,
    owning,
    idling,
    broadcasting,
    inspecting,
    living,
  });
}
