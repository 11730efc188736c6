import type { Registry } from "@taskgen/core";
import { toRemoteError } from "@taskgen/core/internal";
import { LoadedRegistry } from "../registry.js";
import { Setup } from "../setup.js";
import { Lifetime } from "./lifetime.js";
import { Outbox, type ReportPort } from "./outbox.js";
import type { ChildData, FromChild, ToChild } from "./protocol.js";
import { Runner } from "./runner.js";
import type { Board } from "./slots.js";

export type Receive = (message: ToChild) => void;

/** What a child of a pool serves with. */
export interface ServeOptions {
  readonly data: ChildData;
  readonly board: Board;
  /** To the main thread of the main process. */
  readonly port: ReportPort;
  /** Begins to hand over what comes from there. */
  readonly listen: (receive: Receive) => unknown;
}

/** What a thread or process of a pool does from its start. Rejects when it cannot be made ready. */
export async function serve({ data, board, port, listen }: ServeOptions): Promise<void> {
  const post = (message: FromChild): void => port.postMessage(message, []);
  const registry = await importRegistry(data.registryUrl);
  const setup = await Setup.run(registry.setup);
  const loaded = await LoadedRegistry.open(registry, data.sealing);
  const tasks = data.loadAll ? await loaded.loadAll() : undefined;
  const outbox = new Outbox(port);
  // n.b. process.exit() and an uncaught error end this child, but not before this
  process.once("exit", () => outbox.flush());
  const lifetime = new Lifetime(data.limits);
  const runner = new Runner({ registry: loaded, outbox, board, capacity: data.capacity, lifetime });
  listen((message) => {
    if (message.kind !== "tear-down") return runner.receive(message);
    void setup
      .tearDown()
      .then((errors) => post({ kind: "torn-down", errors: errors.map((error) => toRemoteError(error)) }));
  });
  post({ kind: "ready", tasks, tearsDown: setup.tearsDown });
}

async function importRegistry(url: string): Promise<Registry> {
  const { enableTypeScript, isTypeScript } = await import("./typescript.js");
  if (isTypeScript(url)) await enableTypeScript(url);
  const { registry } = (await import(url)) as { readonly registry?: Registry };
  if (registry === undefined) throw new TypeError(`${url} does not export a registry; run \`npx taskgen\` again`);
  return registry;
}
