import { decodeMessage, type Codec, type Envelope } from "@taskgen/core/internal";

/** A call that was sent while a test worker stood in for the broker. */
export interface SentCall<A extends readonly unknown[] = readonly unknown[]> {
  readonly id: string;
  /** The name on the wire. */
  readonly task: string;
  /** As the task gets them: they went through the codec. */
  readonly args: A;
  readonly queue: string;
  readonly priority: number;
  /** Not before this time. */
  readonly eta: Date | undefined;
  /** Not after this time. */
  readonly expires: Date | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** The task that made the call. */
  readonly parentId: string | undefined;
}

/** Reads what is sent. */
export function readCall({ id, queue, priority, eta, expires, body }: Envelope, codec: Codec): SentCall {
  const { header, args } = decodeMessage(body);
  return {
    id,
    task: header.task,
    args: codec.decode(args) as readonly unknown[],
    queue,
    priority,
    eta: timeOf(eta),
    expires: timeOf(expires),
    headers: header.headers ?? {},
    parentId: header.parentId,
  };
}

const timeOf = (ms: number | undefined): Date | undefined => (ms === undefined ? undefined : new Date(ms));
