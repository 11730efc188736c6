import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from "node:worker_threads";
import { Database } from "./database.js";
import { loadDriver } from "./driver.js";
import { Engine } from "./engine.js";
import { toFailure, type Failure } from "./failure.js";
import { FileIdentity } from "./file-identity.js";
import { Gate } from "./gate.js";
import { Outbox } from "./outbox.js";
import { SHUT_DOWN, type Report, type Request, type ThreadData } from "./protocol.js";
import { Schedule } from "./schedule.js";
import { WakeFile, type WakeFiles } from "./wake.js";

/** The database thread: the entry of a worker thread that has the connection, so that no lock ever blocks the main thread. */
const MAX_REQUESTS = 256;

interface Running {
  readonly port: MessagePort;
  readonly gate: Gate;
  readonly file: FileIdentity;
  readonly db: Database;
  readonly engine: Engine;
  readonly wake: WakeFiles;
  readonly schedule: Schedule;
}

function wakeFiles(path: string, on: () => Running): WakeFiles {
  const file = (suffix: string, wake: (engine: Engine) => void): WakeFile =>
    new WakeFile(path + suffix, () => enter(on(), ({ engine }) => wake(engine)));
  return {
    work: file("-work", (engine) => engine.onWork()),
    results: file("-done", (engine) => engine.onResults()),
    topics: file("-topic", (engine) => engine.onTopics()),
  };
}

async function open({ location, gate: buffer }: ThreadData, port: MessagePort): Promise<Running | undefined> {
  const driver = await loadDriver();
  const gate = new Gate(buffer);
  let running: Running | undefined;
  gate.pass(() => {
    const db = Database.open(driver, location, gate);
    const file = new FileIdentity(location.path);
    const wake = wakeFiles(location.path, () => all);
    const engine = new Engine(db, new Outbox(port), wake);
    const schedule = new Schedule(engine, (work) => enter(all, work));
    const all = (running = { port, gate, file, db, engine, wake, schedule });
  });
  return running;
}

/** Enters SQLite, unless the file is gone: then the thread ends, and another one opens what is there now. */
function enter(running: Running, work: (running: Running) => void): void {
  running.gate.pass(() => {
    if (running.file.isGone()) return leave(running, REPLACED);
    work(running);
    running.schedule.arm();
  });
}

function leave({ port, db, wake, schedule }: Running, failure?: Failure): void {
  if (failure !== undefined) port.postMessage({ kind: "replaced", failure } satisfies Report);
  schedule.stop();
  for (const file of Object.values(wake)) file.close();
  db.close();
  port.close();
}

const REPLACED: Failure = {
  code: "BROKER_UNAVAILABLE",
  message: "the database file was deleted or replaced: what it held is gone; what is there now is opened",
  certain: false,
  retriable: true,
};

/** All that wait; `shutDown` when the last of them is the end. */
function receive(first: unknown, port: MessagePort): { readonly requests: Request[]; readonly shutDown: boolean } {
  const requests: Request[] = [];
  let message: unknown = first;
  for (;;) {
    if (message === SHUT_DOWN) return { requests, shutDown: true };
    if (Array.isArray(message)) requests.push(...message.filter(isRequest));
    const next = requests.length < MAX_REQUESTS ? receiveMessageOnPort(port) : undefined;
    if (next === undefined) return { requests, shutDown: false };
    message = next.message;
  }
}

const isRequest = (message: unknown): message is Request =>
  typeof message === "object" &&
  message !== null &&
  "op" in message &&
  "id" in message &&
  "client" in message &&
  "fields" in message;

function serve(running: Running): void {
  const { port, gate } = running;
  port.on("message", (first) => {
    let isLast = false;
    enter(running, ({ engine }) => {
      const { requests, shutDown } = receive(first, port);
      engine.run(requests);
      isLast = shutDown;
    });
    if (isLast) gate.pass(() => leave(running));
  });
}

async function main(port: MessagePort): Promise<void> {
  const tell = (report: Report): void => port.postMessage(report);
  try {
    const running = await open(workerData as ThreadData, port);
    if (running === undefined) return port.close();
    serve(running);
    tell({ kind: "opened" });
  } catch (error) {
    tell({ kind: "refused", failure: toFailure(error, true) });
  }
}

if (parentPort !== null) await main(parentPort);
