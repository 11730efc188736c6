// A thread of a pool process that user code cannot block. It passes on what the main process sends, shows it which jobs have
// begun, gives back those that a blocked event loop does not come to, and ends the process when the main process is gone.
import { Socket } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import { monotonicMs } from "./clock.js";
import { decodePayload, encodeFrame, FrameReader, type Frame } from "./frames.js";
import type { Relayed, SentinelData, Status, ToSentinel } from "./sentinel-protocol.js";
import { Board, SLOT, Slots } from "./slots.js";

/** Jobs that wait so long while none begins are given back. */
const PATIENCE_MS = 100;

interface Batch {
  readonly firstKey: number;
  readonly slots: Slots;
  readonly epoch: number;
  readonly count: number;
}

const { fd, board: buffer } = workerData as SentinelData;
const pipe = new Socket({ fd });
const board = new Board(buffer);
const post = (message: Relayed, transfer: readonly ArrayBuffer[] = []): void =>
  parentPort!.postMessage(message, transfer);

let batches: Batch[] = [];
let claimsSeen = 0;
let claimsSeenMs = 0;

function receive(frame: Frame): void {
  if (frame.count > 0) return passOn(frame);
  const message = decodePayload(frame.payload) as ToSentinel;
  if (message.kind === "status") return tellStatus();
  if (message.kind === "abort") {
    const batch = batches.find(({ firstKey, count }) => message.key >= firstKey && message.key < firstKey + count);
    const index = message.key - (batch?.firstKey ?? 0);
    // n.b. what has not begun need not begin
    if (batch?.slots.take(index) === true) return tell({ running: [], returned: [message.key] });
    batch?.slots.requestAbort(index, message.code);
  }
  post(message);
}

function passOn({ firstKey, count, payload }: Frame): void {
  const batch = { firstKey, count, slots: Slots.create(count), epoch: monotonicMs() };
  batches = batches.filter(isOpen);
  if (batches.length === 0) claimsSeenMs = batch.epoch;
  batches.push(batch);
  post({ kind: "batch", firstKey, slots: batch.slots.buffer, epoch: batch.epoch, payload }, [payload.buffer]);
}

/** Some of its jobs are waiting or running. */
function isOpen({ slots, count }: Batch): boolean {
  for (let i = 0; i < count; i++) if (isOpenState(slots.state(i))) return true;
  return false;
}

const isOpenState = (state: number): boolean => state === SLOT.free || state === SLOT.claimed;

function tellStatus(): void {
  const isStalled = stalled();
  const running: [key: number, ageMs: number][] = [];
  const returned: number[] = [];
  for (const { firstKey, slots, count, epoch } of batches) {
    for (let i = 0; i < count; i++) {
      if (isStalled && slots.take(i)) returned.push(firstKey + i);
      else if (slots.state(i) === SLOT.claimed) running.push([firstKey + i, monotonicMs() - epoch - slots.startMs(i)]);
    }
  }
  tell({ running, returned });
}

function tell(status: Status): void {
  const [head, payload] = encodeFrame(status);
  pipe.write(head!);
  pipe.write(payload!);
}

/** Whether no job has begun for a while. */
function stalled(): boolean {
  const now = monotonicMs();
  if (board.claims !== claimsSeen) {
    claimsSeen = board.claims;
    claimsSeenMs = now;
  }
  return now - claimsSeenMs > PATIENCE_MS;
}

const reader = new FrameReader(receive);
pipe.on("data", (chunk: Uint8Array) => reader.read(chunk));
pipe.on("error", () => {});
// n.b. the main process is gone, or does not want this one any more; nothing else ends a loop that never yields
pipe.on("close", () => process.kill(process.pid, "SIGKILL"));
parentPort!.postMessage({ kind: "watching" } satisfies Relayed);
