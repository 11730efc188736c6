/** The most that is shown of one value. */
export const MAX_SHOWN = 1_024;

/** A text of at most 1,024 characters. */
export const cut = (text: string): string => (text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);
