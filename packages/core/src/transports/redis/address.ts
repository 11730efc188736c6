/** Remembers the last answer: most of what travels together has one address. */
function remembered<V>(convert: (text: string) => V): (text: string) => V {
  let last: { readonly text: string; readonly value: V } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, value: convert(text) };
    return last.value;
  };
}

const encode = remembered(encodeURIComponent);
const decode = remembered(decodeText);

/** A caller's address as a field of a message or a record; empty when there is none. */
export const encodeAddress = (address: string | undefined): string => (address === undefined ? "" : encode(address));

export const decodeAddress = (field: string): string | undefined => (field === "" ? undefined : decode(field));

/**
 * Where a caller is told of its result; empty for none. n.b. it came with the message, from whoever wrote that: it must not lead to
 * a channel of other things.
 */
export const replyChannel = (address: string | undefined): string =>
  address !== undefined && /^[^:]+:reply:[^:]+$/.test(address) ? address : "";

/** As it is where it is not what `encodeURIComponent` writes. */
export function decodeText(field: string): string {
  try {
    return decodeURIComponent(field);
  } catch {
    return field;
  }
}
