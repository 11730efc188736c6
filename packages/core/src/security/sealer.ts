import { CodecError } from "../errors.js";
import type { ResultEvent, ResultRecord } from "../result-backend.js";
import type { Envelope } from "../transport.js";
import { decodeMessage, joinMessage } from "../wire/message.js";
import { sealedFields, type MessageSeal } from "../wire/seal.js";
import { decrypt, encrypt } from "./encryption.js";
import type { KeyPurpose, KeyRing } from "./key-ring.js";
import { headOf, joinBody, splitBody, type BodyHead } from "./sealed-body.js";
import { isSignature, sign } from "./signature.js";

/** What a body is and where it belongs: sealed for one place, it is refused at any other. */
export interface BodyPlace {
  readonly purpose: "result" | "event" | "item" | "revocation" | "register" | "end";
  /** The task's. */
  readonly id: string;
  /** What it is of the task: a state, the number of an item, the key of what runs once. */
  readonly part: string | number;
}

export interface SealerOptions {
  readonly signing: KeyRing | undefined;
  readonly encryption: KeyRing | undefined;
  /** Nothing that is sealed for one service passes in another. */
  readonly prefix: string;
}

/** What seals the traffic of a service, without its keys. */
export interface Sealing {
  readonly prefix: string;
  /** Equal for equal keys and rules. */
  readonly fingerprint: string;
}

/** What seals a thing: key ids and a signature. */
type Marks = Omit<MessageSeal, "fields">;

/** Signs and encrypts what is sent and stored, and checks and decrypts what comes back. Without state; synchronous. */
export class Sealer {
  readonly #options: SealerOptions;
  /** Key ids of what is sealed now. */
  readonly #marks: Marks;

  constructor(options: SealerOptions) {
    const { signing, encryption } = options;
    this.#options = options;
    this.#marks = {
      ...(signing !== undefined && { kid: signing.use }),
      ...(encryption !== undefined && { enc: encryption.use }),
    };
  }

  /** Whether what it seals cannot be read without a key. */
  get encrypts(): boolean {
    return this.#options.encryption !== undefined;
  }

  /** What others must share to understand it; no secret. */
  get sealing(): Sealing {
    const { signing, encryption, prefix } = this.#options;
    return { prefix, fingerprint: `${signing?.fingerprint} ${encryption?.fingerprint}` };
  }

  /** A message as it is sent. What it was sealed with before is replaced; its arguments are not encrypted yet. */
  sealMessage(envelope: Envelope): Envelope {
    const { header, args } = decodeMessage(envelope.body);
    const { kid: _, sig: __, enc: ___, ...rest } = header;
    // n.b. brokers keep whole milliseconds
    const expires = envelope.expires === undefined ? undefined : Math.ceil(envelope.expires);
    const sealed = { ...rest, ...this.#marks };
    const fields = sealedFields({ ...envelope, expires }, sealed);
    const { bytes, sig } = this.#seal({ name: `message ${envelope.id}`, text: this.#textOf("message", fields) }, args);
    return { ...envelope, expires, body: joinMessage({ ...sealed, ...(sig !== undefined && { sig }) }, bytes) };
  }

  /**
   * The encoded arguments of a message.
   * @throws CodecError `SIGNATURE_INVALID`, `ENCRYPTION_INVALID`
   */
  openMessage(id: string, seal: MessageSeal | undefined, args: Uint8Array): Uint8Array {
    const text = this.#textOf("message", seal?.fields ?? "");
    return this.#open({ what: "the message", name: `message ${id}`, text }, seal ?? {}, args);
  }

  /** A body as it is stored: a result, an event, an item of a stream. */
  sealBody(place: BodyPlace, body: Uint8Array): Uint8Array<ArrayBuffer> {
    const { bytes, sig } = this.#seal({ name: nameOf(place), text: this.#bodyText(place, this.#marks) }, body);
    return joinBody({ ...this.#marks, ...(sig !== undefined && { sig }) }, bytes);
  }

  /**
   * Reads it back.
   * @throws CodecError `SIGNATURE_INVALID`, `ENCRYPTION_INVALID`
   */
  openBody(place: BodyPlace, body: Uint8Array): Uint8Array {
    const head = headOf(body);
    const text = head === undefined ? "" : this.#bodyText(place, head);
    return this.#open({ what: `the ${place.purpose}`, name: nameOf(place), text }, head ?? {}, splitBody(head, body));
  }

  /** The end of a task as it is stored. */
  sealRecord(record: ResultRecord): ResultRecord {
    return { ...record, body: this.sealBody({ purpose: "result", id: record.id, part: record.state }, record.body) };
  }

  /** What happens to a task before its end. */
  sealEvent(event: ResultEvent): ResultEvent {
    return { ...event, body: this.sealBody({ purpose: "event", id: event.id, part: event.state }, event.body) };
  }

  #textOf(purpose: "message" | "body", fields: string): string {
    return `taskgen ${purpose} v1 ${JSON.stringify(this.#options.prefix)} ${fields}`;
  }

  #bodyText({ purpose, id, part }: BodyPlace, { kid, enc }: Pick<BodyHead, "kid" | "enc">): string {
    return this.#textOf("body", JSON.stringify([purpose, id, part, kid ?? null, enc ?? null]));
  }

  #seal({ name, text }: { readonly name: string; readonly text: string }, plain: Uint8Array) {
    const { signing, encryption } = this.#options;
    const bytes =
      encryption === undefined ? plain : encrypt({ key: encryption.current, name, associated: text }, plain);
    return { bytes, sig: signing && sign(signing.current, text, bytes) };
  }

  #open(thing: SealedThing, marks: Marks, bytes: Uint8Array): Uint8Array {
    this.#checkSignature(thing, marks, bytes);
    return this.#decrypt(thing, marks, bytes);
  }

  #checkSignature({ what, text }: SealedThing, { kid, sig }: Marks, bytes: Uint8Array): void {
    const { signing } = this.#options;
    if (signing === undefined) return;
    if (sig === undefined && kid === undefined && !signing.isRequired) return;
    if (sig === undefined || kid === undefined) throw new CodecError("SIGNATURE_INVALID", `${what} is not signed`);
    const key = signing.get(kid) ?? unknownKey("signing", what, kid, signing);
    if (isSignature(sig, key, text, bytes)) return;
    throw new CodecError(
      "SIGNATURE_INVALID",
      `${what} was changed or made up: its signature by the key ${kid} is wrong`,
    );
  }

  #decrypt({ what, name, text }: SealedThing, { enc }: Marks, bytes: Uint8Array): Uint8Array {
    const { encryption } = this.#options;
    if (enc === undefined) {
      if (encryption?.isRequired !== true) return bytes;
      throw new CodecError("ENCRYPTION_INVALID", `${what} is not encrypted`);
    }
    const key = encryption?.get(enc) ?? unknownKey("encryption", what, enc, encryption);
    const plain = decrypt({ key, name, associated: text }, bytes);
    if (plain !== undefined) return plain;
    throw new CodecError("ENCRYPTION_INVALID", `${what} was changed or made up: the key ${enc} does not decrypt it`);
  }
}

/** What is opened. */
interface SealedThing {
  /** In messages. */
  readonly what: string;
  /** Its encryption key is derived from this. */
  readonly name: string;
  /** What is vouched for besides the bytes. */
  readonly text: string;
}

const nameOf = ({ purpose, id }: BodyPlace): string => `${purpose} ${id}`;

/** n.b. the id of the key comes from who wrote the message. */
function unknownKey(purpose: KeyPurpose, what: string, id: string, ring: KeyRing | undefined): never {
  const known = ring === undefined ? "none" : ring.ids;
  throw new CodecError(
    purpose === "signing" ? "SIGNATURE_INVALID" : "ENCRYPTION_INVALID",
    `${what} needs the ${purpose} key ${JSON.stringify(id)}, which is not known here; known: ${known}`,
  );
}
