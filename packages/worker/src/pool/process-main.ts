// The main thread of a pool process: runs tasks.
import { Worker } from "node:worker_threads";
import { installLink, toRemoteError } from "@taskgen/core/internal";
import { IpcPort } from "./ipc-port.js";
import type { ChildData, FromProcess, Jobs, LinkMessage } from "./protocol.js";
import { decodePayload } from "./frames.js";
import type { Relayed, SentinelData } from "./sentinel-protocol.js";
import { serve, type Receive } from "./serve.js";
import { Board } from "./slots.js";

const SENTINEL_FD = 4;

// n.b. with a callback, lest a channel that is closed be an uncaught error; the sentinel ends this process then
const send = (message: FromProcess): void => void process.send!(message, undefined, undefined, () => {});

const board = new Board();
const data = JSON.parse(process.argv[2]!) as ChildData;
const link = new IpcPort(send);
installLink(link);
process.on("message", (message) => link.deliver(message as LinkMessage));
process.on("uncaughtExceptionMonitor", (error) => send({ kind: "dying", error: toRemoteError(error) }));

const receiving = startSentinel().then((sentinel) =>
  serve({ data, board, port: { postMessage: send }, listen: (receive) => sentinel.on("message", relay(receive)) }),
);
receiving.catch((error: unknown) => send({ kind: "failed", error: toRemoteError(error) }));

/** Resolves when it sees the end of the main process. */
function startSentinel(): Promise<Worker> {
  const workerData: SentinelData = { fd: SENTINEL_FD, board: board.buffer };
  // n.b. without the options of Node that load things into the main thread
  const sentinel = new Worker(new URL("./sentinel.js", import.meta.url), { workerData, execArgv: [], stdin: false });
  sentinel.unref();
  // n.b. without it nobody notices the end of the main process
  sentinel.once("exit", () => process.exit(1));
  return new Promise((resolve, reject) => {
    sentinel.once("message", () => resolve(sentinel));
    sentinel.once("error", reject);
  });
}

const relay =
  (receive: Receive) =>
  (message: Relayed): void => {
    if (message.kind === "watching") return;
    if (message.kind === "ping") return send({ kind: "pong", ping: message.ping });
    if (message.kind !== "batch") return receive(message);
    const { firstKey, slots, epoch, payload } = message;
    receive({ kind: "jobs", firstKey, slots, epoch, ...(decodePayload(payload) as Jobs) });
  };
