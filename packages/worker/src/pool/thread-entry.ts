// The entry of a pool thread.
import { parentPort, workerData } from "node:worker_threads";
import { installLink, toRemoteError } from "@taskgen/core/internal";
import type { FromChild, ThreadData } from "./protocol.js";
import { serve } from "./serve.js";
import { Board } from "./slots.js";

const port = parentPort!;
const { board, link, ...data } = workerData as ThreadData;
installLink(link);
serve({ data, board: new Board(board), port, listen: (receive) => port.on("message", receive) }).catch(
  (error: unknown) => port.postMessage({ kind: "failed", error: toRemoteError(error) } satisfies FromChild),
);
