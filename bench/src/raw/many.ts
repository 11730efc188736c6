import { checkPayloads, plainPayload, type PayloadRun } from "../scale/payload.js";
import { argumentsOf, check } from "../taskgen/calls.js";
import type { Commands } from "../child/serve.js";
import { encodeCall } from "./message.js";

/** What a raw producer answers for many calls at once: milliseconds. `call` sends bodies, and resolves with the results. */
export function manyCalls(call: (bodies: () => readonly Uint8Array[]) => Promise<readonly unknown[]>): Commands {
  const timed = async (
    task: string,
    argsList: readonly (readonly unknown[])[],
    checked: (values: readonly unknown[]) => void,
  ): Promise<number> => {
    const start = performance.now();
    const values = await call(() => argsList.map((args) => encodeCall(args, task)));
    const ms = performance.now() - start;
    checked(values);
    return ms;
  };
  return {
    many: (n: number) => timed("add", argumentsOf(n), check),
    payloads: ({ n, bytes }: PayloadRun) => {
      const payload = plainPayload(bytes);
      return timed(
        "echo",
        Array.from({ length: n }, () => [payload]),
        (values) => checkPayloads(values, payload),
      );
    },
  };
}
