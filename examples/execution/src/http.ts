/** A server answered with something else than a page. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: number;

  constructor(status: number) {
    super(`${status}`);
    this.status = status;
  }
}

/** Reads a page. */
export async function get(url: string): Promise<string> {
  const response = await fetch(url);
  if (!response.ok) throw new HttpError(response.status);
  return response.text();
}
