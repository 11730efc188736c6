import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

/** What is used of a client. */
export interface Client {
  callBuffer(command: string, ...args: readonly (string | number | Buffer)[]): Promise<unknown>;
  on(event: "messageBuffer", listener: (channel: Buffer, message: Buffer) => void): unknown;
  disconnect(): void;
}

/** A connection through the library that `@taskgen/core` uses, where core finds it. */
export async function connect(url: string): Promise<Client> {
  const path = createRequire(import.meta.resolve("@taskgen/core")).resolve("ioredis");
  const { Redis } = (await import(pathToFileURL(path).href)) as { readonly Redis: new (url: string) => Client };
  const client = new Redis(url);
  await client.callBuffer("ping");
  return client;
}

/** n.b. the client takes a `Uint8Array` that is no `Buffer` for a list of numbers. */
export const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
