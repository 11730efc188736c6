import type { SendOptions } from "../define/retry-policy.js";
import { ConfigError, PublishError } from "../errors.js";
import type { Middleware, MiddlewareParts, OutgoingCall, Publish } from "../run/middleware.js";
import type { Call } from "./call-message.js";
import { PublishBatch } from "./publish-batch.js";
import { sendPolicy } from "./send-policy.js";

/** How calls leave the middleware: each call, or why it was not sent; rejects when none was sent. */
export type Deliver = (calls: readonly Call[]) => Promise<readonly (Call | PublishError)[]>;

/** What a chain is made of. */
export interface ChainOptions {
  readonly middleware: () => readonly Middleware[];
  readonly sending: SendOptions;
}

/** A call in the middleware. */
interface Journey {
  /** As it was passed on last. */
  call: Call;
  readonly deliver: (call: Call) => Promise<void>;
  /** The last delivery. */
  delivery: Promise<void> | undefined;
  /** Deliveries that reached the broker, or may have. */
  unsure: number;
  readonly over: Promise<void>;
}

/** Takes calls through the middleware of an app. */
export class PublishChain {
  readonly #publish: Publish;
  readonly #sending: SendOptions;
  readonly #deliver: Deliver;
  readonly #underWay = new Map<string, Journey>();

  constructor({ middleware, sending }: ChainOptions, deliver: Deliver) {
    this.#sending = sending;
    this.#deliver = deliver;
    this.#publish = middleware().reduceRight<Publish>(
      (next, each) => (each as MiddlewareParts).publish?.(next) ?? next,
      (call) => this.#arrive(call),
    );
  }

  /** Resolves to the call as it was sent. */
  send(call: Call): Promise<Call> {
    return this.#send(call, (one) => this.#deliverOne(one));
  }

  /** Sends all in one batch, or none; resolves to each call as it was sent, or to failures alone. */
  async sendMany(calls: readonly Call[]): Promise<readonly (Call | PublishError)[]> {
    if (calls[0] === undefined) return [];
    const { timeoutMs } = sendPolicy(calls[0].options, this.#sending);
    const batch = new PublishBatch(calls, this.#deliver, timeoutMs);
    const deliver = (call: Call): Promise<void> => (batch.isSent ? this.#deliverOne(call) : batch.add(call));
    const ends = await Promise.all(
      calls.map((call) =>
        this.#send(call, deliver)
          .catch((error: unknown) => error as Error)
          .finally(() => batch.leave(call)),
      ),
    );
    batch.close();
    return newsOf(ends, batch);
  }

  async #deliverOne(call: Call): Promise<void> {
    const [end] = await this.#deliver([call]).catch((error: unknown) => [ownError(error)]);
    if (end instanceof Error) throw end;
  }

  async #send(call: Call, deliver: (call: Call) => Promise<void>): Promise<Call> {
    // n.b. the same id may be sent twice, but not at once: the middleware knows a call by it
    for (let other; (other = this.#underWay.get(call.id)) !== undefined;) await other.over;
    let end!: () => void;
    const over = new Promise<void>((resolve) => (end = resolve));
    const journey: Journey = { call, deliver, delivery: undefined, unsure: 0, over };
    this.#underWay.set(call.id, journey);
    try {
      await this.#publish({ id: call.id, task: call.target.name, args: call.args, options: call.options });
      // n.b. what it did with a failure of the delivery, or whether it waited for it, is its own affair
      await (journey.delivery ?? Promise.reject(new Error("it did not pass the call on")));
    } catch (error) {
      throw refused(journey, error);
    } finally {
      this.#underWay.delete(call.id);
      end();
    }
    return journey.call;
  }

  #arrive({ id, task, args, options }: OutgoingCall): Promise<void> {
    const journey = this.#underWay.get(id);
    if (journey === undefined || journey.call.target.name !== task) return Promise.reject(anotherCall(id, task));
    journey.call = { id, target: journey.call.target, args, options };
    journey.unsure++;
    const delivery = journey.deliver(journey.call).catch((error: unknown) => {
      if (!(error instanceof PublishError) || error.certain) journey.unsure--;
      throw error;
    });
    delivery.catch(() => {});
    return (journey.delivery = delivery);
  }
}

/** Of the only one of a list. */
const ownError = (error: unknown): Error => (error instanceof AggregateError ? error.errors[0] : error) as Error;

const anotherCall = (id: string, task: string): ConfigError =>
  new ConfigError(
    "OPTION_INVALID",
    `a middleware passed on ${task} (${id}), which is not a call that is being sent; it may change args and options alone, and before it returns`,
  );

/** n.b. those that were held back because of others are no news, unless there is no other. */
function newsOf(ends: readonly (Call | Error)[], batch: PublishBatch): readonly (Call | PublishError)[] {
  const news = ends.filter((end) => !(end instanceof Error && batch.withheld(end)));
  const told = news.some((end) => end instanceof Error) ? news : ends;
  return told.map((end) => {
    if (end instanceof Error && !(end instanceof PublishError)) throw end;
    return end;
  });
}

/** What a call rejects with whose middleware threw. */
function refused({ call: { id, target }, unsure }: Journey, error: unknown): Error {
  if (error instanceof ConfigError || (error instanceof PublishError && error.taskId === id)) return error;
  const details = { cause: error, taskId: id, taskName: target.name };
  const reason = error instanceof Error ? error.message : String(error);
  if (unsure === 0) {
    const message = `call of ${target.name} (${id}) was refused by a middleware: ${reason}`;
    return new PublishError("PUBLISH_REFUSED", message, details);
  }
  const message = `call of ${target.name} (${id}) may have been enqueued: a middleware threw after it had passed it on: ${reason}`;
  return new PublishError("ENQUEUE_UNKNOWN", message, details);
}
