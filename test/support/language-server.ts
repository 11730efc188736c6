import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath, pathToFileURL } from "node:url";
import { tscOf } from "./compiler.js";
import { type Editor, offsetOf, type Shown } from "./editor.js";
import { within } from "./within.js";

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

interface Position {
  readonly line: number;
  readonly character: number;
}

interface Location {
  readonly uri: string;
  readonly range: { readonly start: Position };
}

/** A client of the language server protocol: messages after a `Content-Length` header on standard input and output. */
class LanguageClient {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting = new Map<number | string, (message: Message) => void>();
  #bytes: Buffer = Buffer.alloc(0);
  #lastId = 0;

  constructor(args: readonly string[], cwd: string) {
    this.#process = spawn(process.execPath, args, { cwd, stdio: ["pipe", "pipe", "inherit"] });
    this.#process.stdout.on("data", (chunk: Buffer) => this.#read(chunk));
  }

  async request(method: string, params: unknown): Promise<unknown> {
    const id = ++this.#lastId;
    const answer = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    this.send({ id, method, params });
    const { result, error } = await within(method, answer);
    if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result;
  }

  send(message: Message): void {
    const text = JSON.stringify({ jsonrpc: "2.0", ...message });
    this.#process.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  async close(): Promise<void> {
    const closed = once(this.#process, "close");
    this.#process.kill("SIGKILL");
    await within("the end of the language server", closed);
  }

  #read(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    for (;;) {
      const start = this.#bytes.indexOf("\r\n\r\n") + 4;
      const length = Number(/Content-Length: (\d+)/i.exec(this.#bytes.subarray(0, start).toString())?.[1]);
      if (start < 4 || this.#bytes.length < start + length) return;
      this.#receive(JSON.parse(this.#bytes.subarray(start, start + length).toString()) as Message);
      this.#bytes = this.#bytes.subarray(start + length);
    }
  }

  // The server asks for settings and registers itself; null answers all of it.
  #receive({ id, method, ...rest }: Message): void {
    if (id === undefined) return;
    if (method !== undefined)
      this.send({ id, result: method === "workspace/configuration" ? [null, null, null, null] : null });
    else this.#waiting.get(id)?.(rest);
  }
}

const CAPABILITIES = { textDocument: { hover: { contentFormat: ["markdown"] } } };

/** An editor on the language server of TypeScript 7. */
export async function languageServerEditor(cwd: string): Promise<Editor> {
  const client = new LanguageClient([tscOf("typescript"), "--lsp", "--stdio"], cwd);
  const rootUri = pathToFileURL(cwd).href;
  const workspaceFolders = [{ uri: rootUri, name: "project" }];
  await client.request("initialize", { processId: process.pid, rootUri, capabilities: CAPABILITIES, workspaceFolders });
  client.send({ method: "initialized", params: {} });
  return {
    show: async (file, text) => await show(client, cwd, { file, text }),
    close: async () => await client.close(),
  };
}

async function show(
  client: LanguageClient,
  cwd: string,
  { file, text }: { file: string; text: string },
): Promise<Shown> {
  const source = readFileSync(join(cwd, file), "utf8");
  const uri = pathToFileURL(join(cwd, file)).href;
  client.send({
    method: "textDocument/didOpen",
    params: { textDocument: { uri, languageId: "typescript", version: 1, text: source } },
  });
  const before = source.slice(0, offsetOf(source, text)).split("\n");
  const at = { textDocument: { uri }, position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 } };
  const definitions = [await client.request("textDocument/definition", at)].flat() as Location[];
  const hover = (await client.request("textDocument/hover", at)) as { readonly contents: { readonly value: string } };
  client.send({ method: "textDocument/didClose", params: { textDocument: { uri } } });
  const [, type = "", documentation = ""] = /^```\w*\n([^]*?)\n```\n?([^]*)$/.exec(hover.contents.value) ?? [];
  return {
    definitions: definitions.map((one) => `${relative(cwd, fileURLToPath(one.uri))}:${one.range.start.line + 1}`),
    type,
    documentation,
  };
}
