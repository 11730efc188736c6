import { runAsTask, toRemoteError, type RunningTask } from "@taskgen/core/internal";
import type { Executable } from "../execute.js";
import { expired } from "../expired.js";
import type { Outcome } from "../hooks.js";
import { decodeArguments, encodeResult, judgeAnything } from "../judging.js";
import { openArguments, sealValue } from "../sealing.js";
import type { Verdict } from "../verdict.js";
import { memberTask } from "./member-task.js";
import { packVerdicts, unpackMembers, type Member } from "./wire.js";

/** The function of a batch task did not give a result for each item. */
class BatchResults extends Error {
  override readonly name = "BatchResults";
  readonly code = "BATCH_RESULTS";
}

/** One call on its way through the run. */
interface Call {
  readonly task: RunningTask;
  /** What the function gets of it; or how it ended before. */
  readonly given: { readonly item: unknown } | Outcome;
}

/** A task that is running, with what the run of a batch tells of itself. */
export type BatchRun = RunningTask & { batch: readonly string[] | undefined };

/**
 * Decodes and checks each call by itself, gives those that are right to the function together, and encodes or judges what came of each.
 * Never rejects; its verdict has those of all.
 */
export async function executeBatch(executable: Executable, run: BatchRun, args: Uint8Array): Promise<Verdict> {
  run.place = executable.place;
  const calls = await Promise.all(unpackMembers(args).map((member) => prepare(executable, run, member)));
  const ready = calls.filter((call) => "item" in call.given);
  const outcomes = ready.length === 0 ? [] : await runTogether(executable, run, ready);
  const ends = calls.map((call) => ("item" in call.given ? outcomes[ready.indexOf(call)]! : call.given));
  const { hooks } = executable;
  if (hooks !== undefined)
    for (const [i, { task }] of calls.entries()) await within(executable, task, () => hooks(ends[i]!, task));
  return { kind: "success", body: packVerdicts(ends.map(({ verdict }) => verdict)) };
}

async function prepare(executable: Executable, run: BatchRun, member: Member): Promise<Call> {
  const task = memberTask(run, member);
  try {
    const late = expired(member.expires, executable.ambient.now());
    if (late !== undefined) return { task, given: { verdict: late, subject: late.error } };
    const opened = openedOrRefused(executable, member);
    if ("verdict" in opened) return { task, given: opened };
    const args = decodeArguments(executable.codec, opened);
    const checked = await within(executable, task, async () => executable.check?.(args, member.contract) ?? args);
    return { task, given: { item: checked[0] } };
  } catch (error) {
    return { task, given: judgeAnything(error, executable, task) };
  }
}

/** n.b. a call that somebody else made, or changed, ends alone. */
function openedOrRefused({ sealer }: Executable, member: Member): Uint8Array | Outcome {
  try {
    return openArguments(sealer, member.id, member);
  } catch (error) {
    return { verdict: { kind: "reject", error: toRemoteError(error) }, subject: error };
  }
}

async function runTogether(executable: Executable, run: BatchRun, calls: readonly Call[]): Promise<Outcome[]> {
  const items = calls.map(({ given }) => (given as { readonly item: unknown }).item);
  run.batch = calls.map(({ task }) => task.id);
  try {
    const results = await within(executable, run, () => executable.run(run, [items]));
    const list = listOf(results, items.length);
    return calls.map(({ task }, i) => outcomeOf(list[i], executable, task));
  } catch (thrown) {
    return calls.map(({ task }) => judgeAnything(thrown, executable, task));
  }
}

const outcomeOf = (result: unknown, executable: Executable, task: RunningTask): Outcome =>
  result instanceof Error
    ? judgeAnything(result, executable, task)
    : sealValue(executable.sealer, task.id, encodeResult(executable.codec, result));

function listOf(results: unknown, count: number): readonly unknown[] {
  if (Array.isArray(results) && results.length === count) return results as readonly unknown[];
  const got = Array.isArray(results) ? `${results.length} results` : `no list but ${typeof results}`;
  throw new BatchResults(
    `the function of a batch task gave ${got} for ${count} items; it must give one for each, in order`,
  );
}

function within<T>({ entering }: Executable, task: RunningTask, fn: () => T): T {
  const enter = entering?.(task);
  return enter === undefined ? runAsTask(task, fn) : enter(() => runAsTask(task, fn));
}
