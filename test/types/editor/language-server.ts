import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { nativeCompiler } from "../compilers.js";
import type { Editor, Location, Suggestion } from "./editor.js";
import { JsonRpc } from "./json-rpc.js";

interface Position {
  readonly line: number;
  readonly character: number;
}

interface LspLocation {
  readonly uri: string;
  readonly range: { readonly start: Position };
}

type Markup = string | { readonly value: string };

interface LspHover {
  readonly contents: Markup;
}

interface LspItem {
  readonly label: string;
  readonly detail?: string;
  readonly documentation?: Markup;
  readonly tags?: readonly number[];
}

interface LspSignatures {
  readonly signatures: readonly { readonly label: string }[];
}

/** `CompletionItemTag.Deprecated` of the protocol. */
const DEPRECATED = 1;

const CAPABILITIES = {
  textDocument: {
    hover: { contentFormat: ["plaintext"] },
    completion: { completionItem: { documentationFormat: ["plaintext"], tagSupport: { valueSet: [DEPRECATED] } } },
    signatureHelp: { signatureInformation: { documentationFormat: ["plaintext"] } },
  },
};

/** The editor's view of a document through the language server of TypeScript 7, a process of its own. */
export class ServerEditor implements Editor {
  readonly #rpc = new JsonRpc(nativeCompiler().program, ["--lsp", "--stdio"], answer);
  readonly #text: string;
  readonly #file: string;

  constructor(file: string) {
    this.#text = readFileSync(file, "utf8");
    this.#file = file;
  }

  /** Opens the document; its `tsconfig.json` is found from its folder upwards. */
  async open(): Promise<this> {
    const rootUri = pathToFileURL(dirname(this.#file)).href;
    await this.#rpc.request("initialize", { processId: process.pid, rootUri, capabilities: CAPABILITIES });
    this.#rpc.notify("initialized", {});
    const textDocument = { ...this.#document, languageId: "typescript", version: 1, text: this.#text };
    this.#rpc.notify("textDocument/didOpen", { textDocument });
    return this;
  }

  async hover(offset: number): Promise<string> {
    return textOf((await this.#ask<LspHover | null>("hover", offset))?.contents);
  }

  async definitions(offset: number): Promise<Location[]> {
    const found = await this.#ask<LspLocation | readonly LspLocation[] | null>("definition", offset);
    return [found ?? []].flat().map(({ uri, range }) => ({ file: fileURLToPath(uri), line: range.start.line + 1 }));
  }

  async suggestions(offset: number): Promise<Suggestion[]> {
    const found = await this.#ask<{ readonly items: readonly LspItem[] } | null>("completion", offset);
    return Promise.all((found?.items ?? []).map((item) => this.#resolve(item)));
  }

  async signature(offset: number): Promise<string> {
    return (await this.#ask<LspSignatures | null>("signatureHelp", offset))?.signatures[0]?.label ?? "";
  }

  close(): Promise<void> {
    return this.#rpc.close();
  }

  get #document(): { readonly uri: string } {
    return { uri: pathToFileURL(this.#file).href };
  }

  async #resolve(item: LspItem): Promise<Suggestion> {
    const full = await this.#rpc.request<LspItem>("completionItem/resolve", item);
    const detail = `${full.detail ?? ""}\n${textOf(full.documentation)}`;
    // n.b. the label of an optional property ends with a question mark
    return { name: full.label.replace(/\?$/, ""), detail, deprecated: full.tags?.includes(DEPRECATED) === true };
  }

  #ask<T>(method: string, offset: number): Promise<T> {
    const position = positionAt(this.#text, offset);
    return this.#rpc.request<T>(`textDocument/${method}`, { textDocument: this.#document, position });
  }
}

/** The server asks for settings, one value for each item; anything else gets an empty answer. */
function answer(method: string, params: unknown): unknown {
  return method === "workspace/configuration" ? (params as { items: unknown[] }).items.map(() => null) : undefined;
}

function positionAt(text: string, offset: number): Position {
  const lines = text.slice(0, offset).split("\n");
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
}

const textOf = (markup: Markup | undefined): string => (typeof markup === "object" ? markup.value : (markup ?? ""));
