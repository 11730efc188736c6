/** Thrown where syntax alone does not tell a type for certain: the checker is asked instead. */
class Undecided extends Error {
  override readonly name = "Undecided";
}

/** Gives up on syntax. */
export function giveUp(): never {
  throw new Undecided();
}

/** What `read` gives, or `undefined` where it gave up. */
export function decided<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Undecided) return undefined;
    throw error;
  }
}
