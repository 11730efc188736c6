/** The time in a UUID of version 7, epoch milliseconds. */
const timeOf = (id: string): number | undefined =>
  /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-/.test(id) ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : undefined;

/** Whether an id was made before a time, as far as it tells. */
export function bornBefore(id: string, time: number): boolean {
  const born = timeOf(id);
  return born !== undefined && born < time;
}
