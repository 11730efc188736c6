import { freePorts, Server } from "./server.mjs";

/**
 * Starts a private Redis that keeps its data in the folder `dir`; another start there goes on with it.
 * `stop(signal)` ends it.
 */
export async function startRedis({ program, dir, port }) {
  const [own] = port === undefined ? await freePorts(1) : [port];
  const settings = ["--port", `${own}`, "--bind", "127.0.0.1", "--dir", dir, "--save", "", "--appendonly", "yes"];
  const server = new Server(program, settings, { dir, name: "redis" });
  try {
    await server.ready({ port: own, hello: "PING\r\n", answer: "+PONG" });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { url: `redis://127.0.0.1:${own}`, port: own, stop: (signal) => server.stop(signal) };
}
