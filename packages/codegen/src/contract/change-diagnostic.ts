import type { Diagnostic, Place } from "../diagnostics.js";
import type { Change } from "./change.js";

/** A change as a diagnostic: TG3001 breaks, TG3002 is dangerous; `undefined` for what is only told. */
export function changeDiagnostic(change: Change, at?: Place): Diagnostic | undefined {
  if (change.level === "info") return undefined;
  const isBreaking = change.level === "breaking";
  return {
    code: isBreaking ? "TG3001" : "TG3002",
    severity: isBreaking ? "error" : "warning",
    message: `${change.message} (${change.rule})`,
    why: [change.why, typesText(change), versionText(change), acceptedText(change)]
      .filter((text) => text !== undefined)
      .join("; "),
    ...(change.fix !== undefined && change.accepted === undefined && { fix: change.fix }),
    ...(at && { file: at.file, at }),
  };
}

function typesText({ before, after }: Change): string | undefined {
  if (before === after) return undefined;
  if (before === undefined) return `it is ${after}`;
  return after === undefined ? `it was ${before}` : `it was ${before} and is ${after}`;
}

const versionText = ({ version }: Change): string | undefined =>
  version && `compared with the earlier contract ${version}`;

const acceptedText = ({ accepted }: Change): string | undefined => accepted && `accepted: ${accepted}`;
