// The entry of a pool thread.
import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import type { Registry } from "@taskgen/core";
import { installLink, toRemoteError } from "@taskgen/core/internal";
import { LoadedRegistry } from "../registry.js";
import { Outbox } from "./outbox.js";
import type { FromThread, ThreadData, ToThread } from "./protocol.js";
import { Runner } from "./runner.js";
import { Board } from "./slots.js";

const post = (port: MessagePort, message: FromThread): void => port.postMessage(message);

async function openRegistry(url: string): Promise<LoadedRegistry> {
  const { enableTypeScript, isTypeScript } = await import("./typescript.js");
  if (isTypeScript(url)) await enableTypeScript(url);
  const module = (await import(url)) as { readonly registry?: Registry };
  if (module.registry === undefined)
    throw new TypeError(`${url} does not export a registry; run \`npx taskgen\` again`);
  return LoadedRegistry.open(module.registry);
}

async function serve(port: MessagePort, data: ThreadData): Promise<void> {
  installLink(data.link);
  const registry = await openRegistry(data.registryUrl);
  const tasks = data.loadAll ? await registry.loadAll() : undefined;
  const outbox = new Outbox(port);
  // n.b. process.exit() and an uncaught error end this thread only, but not before this
  process.once("exit", () => outbox.flush());
  const runner = new Runner({ registry, outbox, board: new Board(data.board), capacity: data.capacity });
  port.on("message", (message: ToThread) => runner.receive(message));
  post(port, { kind: "ready", tasks });
}

const port = parentPort!;
serve(port, workerData as ThreadData).catch((error: unknown) =>
  post(port, { kind: "failed", error: toRemoteError(error) }),
);
