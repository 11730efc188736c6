import { defaultApp, PublishError, ResultError, type AsyncResult, type Settled } from "@taskgen/core";
import { Hono, type Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { tasks } from "./_generated/client.js";

const MAX_LIMIT = 10_000_000;

/** The HTTP API: each request that takes long is a task. */
export const api = new Hono()
  .post("/primes", async (context) => {
    const call = await tasks.countPrimes.delay(await readLimit(context)); // the broker has it now
    const answersLater = /\brespond-async\b/.test(context.req.header("prefer") ?? "");
    return answersLater ? accepted(context, call.id) : answer(context, call);
  })
  .get("/tasks/:id", async (context) => {
    const result = defaultApp().result(context.req.param("id"));
    const state = await result.status();
    if (!(await result.ready())) return context.json({ id: result.id, state });
    return context.json({ id: result.id, ...outcome(await result.settled()) });
  })
  .onError(fail);

function fail(error: Error, context: Context): Response {
  if (error instanceof HTTPException) return context.json({ error: error.message }, error.status);
  if (error instanceof PublishError) return context.json({ error: "the broker cannot be reached" }, 503);
  if (error instanceof ResultError && error.code === "RESULT_NOT_STORED")
    return context.json({ error: "results are not stored; set TASKGEN_RESULT_BACKEND" }, 501);
  console.error(error);
  return context.json({ error: "internal error" }, 500);
}

async function readLimit({ req }: Context): Promise<number> {
  const body: unknown = await req.json().catch(() => undefined);
  const limit = typeof body === "object" && body !== null && "limit" in body ? body.limit : undefined;
  if (typeof limit === "number" && Number.isInteger(limit) && limit >= 0 && limit <= MAX_LIMIT) return limit;
  throw new HTTPException(400, { message: `send { "limit": n } with a whole number from 0 to ${MAX_LIMIT}` });
}

/** The result when it comes soon, otherwise where to ask for it later. */
async function answer(context: Context, call: AsyncResult<number>): Promise<Response> {
  try {
    return context.json({ id: call.id, value: await call.get({ timeout: "5s" }) });
  } catch (error) {
    if (error instanceof ResultError && error.code === "RESULT_TIMEOUT") return accepted(context, call.id);
    throw error;
  }
}

function accepted(context: Context, id: string): Response {
  context.header("Location", `/tasks/${id}`);
  return context.json({ id }, 202);
}

const outcome = (settled: Settled<unknown, Error>): object =>
  settled.ok ? { state: settled.state, value: settled.value } : { state: settled.state, error: settled.error.message };
