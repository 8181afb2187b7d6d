/** Plain words for summaries of configurations. */

/** So many items are named before the rest is counted. */
const NAMED = 5;
/** Of a text that somebody wrote, characters. */
const SHOWN = 120;

/** `a`, `a and b`, `a, b and c`, `a, b, c, d, e and 7 more`. */
export function listed(items: readonly string[], last: 'and' | 'or' = 'and'): string {
  const named = items.length <= NAMED + 1 ? items : [...items.slice(0, NAMED), `${items.length - NAMED} more`];
  return named.length < 2 ? named.join() : `${named.slice(0, -1).join(', ')} ${last} ${named.at(-1)}`;
}

/** `the header A`, `the headers A and B`. */
export function allOf(noun: string, names: readonly string[]): string {
  return `the ${noun}${names.length === 1 ? '' : 's'} ${listed(names)}`;
}

/** `1 call`, `2 calls`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** On one line, cut where it is long. */
export function shown(text: string): string {
  const line = onOneLine(text);
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;
}

/** A condition, whole: it is bounded by itself. */
export function onOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
