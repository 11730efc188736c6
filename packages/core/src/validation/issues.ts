import type { Issue } from "../define/validator.js";
import type { Found } from "./look.js";
import { mismatchOf, unequal, valueOf } from "./mismatch.js";
import { MAX_ISSUES } from "./report.js";

/** zod's issues as those of a validator: the first few, and of each union those of its closest member. */
export function toIssues(found: readonly Found[]): readonly Issue[] {
  const issues: Issue[] = [];
  for (const issue of allOf(found, [])) {
    if (issues.push(issue) === MAX_ISSUES) break;
  }
  return issues;
}

type Path = Issue["path"];
type Members = readonly (readonly Found[])[];

function* allOf(found: readonly Found[], at: Path): Generator<Issue, void> {
  for (const issue of found) {
    const path = [...at, ...issue.path.map(step)];
    if (issue.code === "invalid_union" && issue.errors.length > 0) yield* ofUnion(issue.errors, path, issue.input);
    else yield { path, message: messageOf(issue, path.length === 0 ? "arguments" : "elements") };
  }
}

const step = (key: PropertyKey): string | number => (typeof key === "number" ? key : String(key));

/** Members of another kind than the value are left out; when all are, the issue is that. */
function* ofUnion(members: Members, path: Path, value: unknown): Generator<Issue, void> {
  const sameKind = members.filter((issues) => !issues.some(isOfKind));
  if (sameKind.length === 0) {
    const expected = members.flatMap((issues) => issues.filter(isOfKind).flatMap((issue) => mismatchOf(issue) ?? []));
    yield { path, message: unequal(expected, value) };
    return;
  }
  const sameTag = sameKind.filter((issues) => !issues.some(isOfTag));
  const tag = sameTag.length === 0 ? tagOf(sameKind) : undefined;
  yield* allOf(tag ?? closest(sameTag.length === 0 ? sameKind : sameTag), path);
}

/** Whether it says that the value as a whole is something else. */
const isOfKind = (issue: Found): boolean => issue.path.length === 0 && mismatchOf(issue) !== undefined;

/** Whether it says that a property has another literal than it must have, as tags do. */
const isOfTag = (issue: Found): boolean => {
  const isLiteral = issue.code === "invalid_value" || (issue.code === "invalid_union" && issue.errors.length === 0);
  return isLiteral && issue.path.length === 1;
};

/** The tag that none of the members admits, as one issue. */
function tagOf(members: Members): Found[] | undefined {
  for (const issue of members[0]!.filter(isOfTag)) {
    const same = members.flatMap((issues) =>
      issues.filter((other) => isOfTag(other) && other.path[0] === issue.path[0]),
    );
    if (same.length < members.length) continue;
    const expected = unequal(
      same.flatMap((each) => mismatchOf(each) ?? []),
      valueOf(issue),
    );
    return [{ code: "custom", path: [...issue.path], message: expected, input: undefined }];
  }
  return undefined;
}

/** The member with the fewest issues; of several, the one that fits most deeply; of several, the first. */
function closest(members: Members): readonly Found[] {
  const depth = (issues: readonly Found[]): number => Math.max(...issues.map(({ path }) => path.length));
  return members.toSorted((a, b) => a.length - b.length || depth(b) - depth(a))[0]!;
}

function messageOf(issue: Found, parts: string): string {
  const expected = mismatchOf(issue);
  if (expected !== undefined) return unequal(expected, valueOf(issue));
  switch (issue.code) {
    case "invalid_key":
      return `has a key that does not fit: ${toIssues(issue.issues)[0]?.message}`;
    case "too_small":
      return `expected at least ${issue.minimum} ${parts}, received ${lengthOf(issue.input)}`;
    case "too_big":
      return `expected at most ${issue.maximum} ${parts}, received ${lengthOf(issue.input)}`;
    default:
      return issue.message;
  }
}

const lengthOf = (value: unknown): number => (value as readonly unknown[]).length;
