import { describe, it } from "vitest";
import { sharedScene } from "../engine/scene.js";
import { brokerUrl } from "../support/brokers.js";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { tempDir, type AtEnd } from "../support/temp-dir.js";
import { CancelScene, type CancelPlace, type Subject } from "./cancel-scene.js";
import { descendants } from "./descendants.js";
import { lasting } from "./lasting.js";
// @ts-expect-error a fixture in plain JavaScript
import { registry } from "./fixtures/registry.js";
import { running } from "./running.js";
import { waiting } from "./waiting.js";

const memory = async (): Promise<string> => `memory:${namespace()}`;
const sqlite = async (atEnd?: AtEnd): Promise<string> => `sqlite:${await tempDir(atEnd)}/tasks.db`;
const redis = async (): Promise<string> => brokerUrl("redis");
const amqp = async (): Promise<string> => brokerUrl("amqp");
const postgres = async (): Promise<string> => brokerUrl("postgres");

const noStore = "rpc: keeps nothing, so that only workers that are up learn of it";
const noResultToForget = "rpc: keeps nothing, and RabbitMQ takes the same id again";
const oneLoop = "the task blocks the event loop on which the worker would hear of it";
const ownProcess = "the task ends the whole process, which is the worker's own";

/** What depends on where results are, besides the broker. */
const STORED: readonly string[] = ["waiting", "lasting"];

const places: readonly CancelPlace[] = [
  {
    name: "memory, inline",
    broker: memory,
    pool: "inline",
    blanks: {
      "in the pool of its worker": oneLoop,
      "in the pool of its worker, acknowledged early": oneLoop,
      "a loop that asks at checkpoints": oneLoop,
      "it blocks its thread, with terminate": oneLoop,
      "it brings down its thread": ownProcess,
    },
  },
  { name: "sqlite", broker: sqlite, pool: "threads", blanks: {} },
  { name: "sqlite, processes", broker: sqlite, pool: "processes", blanks: {} },
  { name: "redis", broker: redis, pool: "threads", blanks: {} },
  {
    name: "amqp with rpc results",
    broker: amqp,
    pool: "threads",
    blanks: {
      "with no worker up, and then one starts": noStore,
      "before it is sent": noStore,
      "sent again": noResultToForget,
      "after a restart of the worker": noStore,
      "what was missed is read when the backend is there again": noStore,
    },
  },
  { name: "amqp with redis results", broker: amqp, backend: redis, pool: "threads", blanks: {}, about: STORED },
  { name: "amqp with postgres results", broker: amqp, backend: postgres, pool: "threads", blanks: {}, about: STORED },
];

const subjects: Readonly<Record<string, Subject>> = { waiting, running, descendants, lasting: { own: lasting } };

function cases(place: CancelPlace, of: keyof Subject, open: () => Promise<CancelScene>): void {
  for (const [subject, { [of]: some = {} }] of Object.entries(subjects)) {
    if (place.about?.includes(subject) === false) continue;
    for (const [what, run] of Object.entries(some)) {
      const [title, blank] = [`${subject}: ${what}`, place.blanks[what]];
      if (blank !== undefined) it.skip(`${title} (${blank})`);
      else it(title, async () => run(await open()));
    }
  }
}

describe.each(places)("revoking on $name", (place) => {
  expectNothingLeftRunning();
  cases(place, "own", () => CancelScene.open(place));
});

describe.each(places)("revoking on $name, with one worker", (place) => {
  const shared = sharedScene(place, { registry, killGrace: "100ms" });
  cases(place, "shared", () => CancelScene.share(shared));
});
