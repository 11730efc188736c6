import type { AnyApp } from "@taskgen/core";
import { createId, internalsOf } from "@taskgen/core/internal";
import { deadLetters } from "../contract-run/dead-letters.js";
import { poisons } from "./poison.js";

/** A poison that was put into a queue. */
export interface Injected {
  readonly id: string;
  readonly title: string;
  readonly code: string | undefined;
}

/** Puts every poison into the default queue, past all that would refuse it. */
export async function inject(app: AnyApp): Promise<readonly Injected[]> {
  const { transport } = await internalsOf(app).connection();
  const sent = poisons.map(({ title, body, code }) => ({ id: createId(), title, code, body }));
  const envelopes = sent.map(({ id, body }) => ({ id, queue: "default", priority: 4, body }));
  await transport.send(envelopes, AbortSignal.timeout(30_000));
  return sent.map(({ id, title, code }) => ({ id, title, code }));
}

/** What became of them: `title: code of its dead letter`, and what was expected. */
export async function fates(
  app: AnyApp,
  injected: readonly Injected[],
): Promise<{ readonly found: readonly string[]; readonly wanted: readonly string[] }> {
  const refused = injected.filter(({ code }) => code !== undefined);
  const dead = await deadLetters(app, "default", refused.length);
  const codeOf = (id: string): string => dead.get(id)?.split(":", 1)[0] ?? "-";
  return {
    found: injected.map(({ id, title }) => `${title}: ${codeOf(id)}`),
    wanted: injected.map(({ title, code = "-" }) => `${title}: ${code}`),
  };
}
