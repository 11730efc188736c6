import type { Socket } from "node:net";
import type { ChannelModel } from "amqplib";
import { ConfigError } from "../../errors.js";
import { Addresses } from "./addresses.js";
import type { AmqpSettings } from "./settings.js";
import { readTlsFiles } from "./tls-files.js";

const CONNECT_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 10_000;

type Driver = typeof import("amqplib");

let loading: Promise<Driver> | undefined;

/** @throws ConfigError `BROKER_DRIVER_MISSING` when amqplib is not installed. */
export function loadDriver(): Promise<Driver> {
  loading ??= import("amqplib").catch((cause: unknown) => {
    loading = undefined;
    throw new ConfigError(
      "BROKER_DRIVER_MISSING",
      "amqp: needs the package amqplib; install it with: npm install amqplib@2",
      { cause },
    );
  });
  return loading;
}

/**
 * Connects once, to the node that it connected to before; what failed or is lost leaves the next attempt to the next node.
 * Aborting the signal destroys the socket, now or later.
 */
export function dialer(settings: AmqpSettings): (signal: AbortSignal) => Promise<ChannelModel> {
  const addresses = new Addresses(settings.urls);
  return async (signal) => {
    const url = addresses.current;
    const failed = (): void => addresses.failed(url);
    const model = await dial(settings, url, signal).catch((error: unknown) => {
      failed();
      throw error;
    });
    // n.b. a connection that this side closes ends without an error
    return model.once("error", failed).once("close", (error) => void (error !== undefined && failed()));
  };
}

async function dial(settings: AmqpSettings, url: string, signal: AbortSignal): Promise<ChannelModel> {
  const { connect, credentials } = await loadDriver();
  const tls = await readTlsFiles(settings.tlsFiles);
  signal.throwIfAborted();
  const model = await connect(url, {
    ...tls,
    // n.b. NODE_TLS_REJECT_UNAUTHORIZED would change the default
    rejectUnauthorized: true,
    credentials: credentials.plain(settings.username, settings.password),
    // n.b. with Nagle's algorithm a round trip takes 40 ms
    noDelay: true,
    keepAlive: true,
    keepAliveDelay: KEEP_ALIVE_MS,
    timeout: CONNECT_TIMEOUT_MS,
    signal,
  } as Parameters<typeof connect>[1]);
  const { stream, expectSocketClose } = model.connection as Internals;
  // n.b. the driver tells the end of a connection once, at which time nobody may listen yet
  if (expectSocketClose === true) throw new Error("the connection was closed as soon as it was open");
  gatherWrites(stream);
  return model;
}

/** What amqplib does not show: the socket, its end, and the timers that keep a process alive. */
interface Internals {
  readonly stream?: Partial<Handle & Socket>;
  /** It is over. */
  readonly expectSocketClose?: boolean;
  readonly heartbeater?: { readonly sendTimer?: Partial<Handle>; readonly recvTimer?: Partial<Handle> } | null;
}

interface Handle {
  ref(): void;
  unref(): void;
}

/** Whether an open connection keeps the process alive. */
export function setAlive({ connection }: ChannelModel, alive: boolean): void {
  const { stream, heartbeater } = connection as Internals;
  for (const handle of [stream, heartbeater?.sendTimer, heartbeater?.recvTimer]) {
    if (alive) handle?.ref?.();
    else handle?.unref?.();
  }
}

/**
 * Gives the system all frames of one turn at once. The driver writes each by itself, and a system call for each takes most of
 * the time that a small message costs.
 */
function gatherWrites(stream: Partial<Socket> | undefined): void {
  if (stream?.write === undefined) return;
  const write: (chunk: Uint8Array) => boolean = stream.write.bind(stream);
  let gathering = false;
  const uncork = (): void => {
    gathering = false;
    stream.uncork?.();
  };
  const gather = (chunk: Uint8Array): boolean => {
    if (!gathering) {
      gathering = true;
      stream.cork?.();
      process.nextTick(uncork);
    }
    return write(chunk);
  };
  Object.assign(stream, { write: gather });
}
