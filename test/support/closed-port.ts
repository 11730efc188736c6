import { once } from "node:events";
import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * n.b. below the range that systems give to outgoing connections, and to those who ask for any port: nobody else comes by
 * such a port between this look and the start of whoever will listen on it.
 */
const [LOWEST, HIGHEST] = [12_000, 32_000] as const;
const given = new Set<number>();

/** A port of this machine that nothing listens on; another one each time. */
export async function closedPort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, "127.0.0.1"), "listening");
  } catch {
    return false;
  }
  await once(server.close(), "close");
  return true;
}
