const CONTROL = /[\p{Cc}\u2028\u2029]/u;
const CONTROLS = /[\p{Cc}\u2028\u2029]/gu;
const CONTROLS_IN_LINES = /(?![\t\n])[\p{Cc}\u2028\u2029]/gu;

const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** One line that cannot steer a terminal or forge a second line, whatever another process sent. */
export const cleanLine = (text: string): string => (CONTROL.test(text) ? text.replace(CONTROLS, escape) : text);

/** The same for a text of several lines, such as a stack. */
export const cleanText = (text: string): string => text.replace(CONTROLS_IN_LINES, escape);

/**
 * Hides passwords of URLs within a text, which may be JSON.
 * `maskCredentials("amqp://bob:secret@host/?password=x")` is `amqp://bob:***@host/?password=***`.
 */
export function maskCredentials(text: string): string {
  return text
    .replace(/(\w:\/\/[^\s/:@"'\\]*):[^\s/"'\\]*@/g, "$1:***@")
    .replace(/([?&](?:password|passwd|secret|token)=)[^\s&#"'\\]*/gi, "$1***");
}
