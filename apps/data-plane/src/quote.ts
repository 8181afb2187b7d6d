/** Text as a JSON string in ASCII. */
// hot

/** Longest text of a client that is copied into a log line or a header, characters. */
const MAX_TEXT = 2048;

const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/** Cut to 2048 characters, or as many as are said. Text that needs no escape, the common case, is not given to JSON.stringify. */
export function quote(text: string, max: number = MAX_TEXT): string {
  const cut = text.length > max ? text.slice(0, max) : text;
  if (PLAIN.test(cut)) return `"${cut}"`;
  return JSON.stringify(cut).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
