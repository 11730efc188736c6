/**
 * Whether a JSON text is within bounds at a glance: a value takes at least two characters, a level at least one bracket. Most
 * texts need no closer look.
 */
export const isSmallJson = (text: string, maxDepth: number, maxNodes: number): boolean =>
  text.length <= 2 * maxNodes && brackets(text, maxDepth) <= maxDepth;

/** How many brackets open in a text, those in strings too; beyond `enough` it does not count on. */
function brackets(text: string, enough: number): number {
  let count = 0;
  for (const bracket of ["[", "{"]) {
    for (let at = text.indexOf(bracket); at >= 0 && count <= enough; at = text.indexOf(bracket, at + 1)) count++;
  }
  return count;
}
