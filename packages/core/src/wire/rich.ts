/** Alone it is `undefined`; otherwise superjson follows. No JSON begins with it. */
export const RICH = "~";
