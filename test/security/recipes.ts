import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const PAGE = fileURLToPath(new URL("../../docs/security.md", import.meta.url));

/** A block of docs/security.md, by the name in the comment before it: what is tried is what is recommended. */
export function recipe(name: string): string {
  const match = new RegExp(`<!-- recipe: ${name} -->\\s*\`\`\`\\w*\\n([^\`]*)\`\`\``).exec(readFileSync(PAGE, "utf8"));
  if (match === null) throw new Error(`docs/security.md has no recipe ${name}`);
  return match[1]!.trim();
}
