/** One spelling for each JSON value (RFC 8785), so that equal content has equal bytes and one hash. */

/** UTF-8 bytes of `canonicalJson(value)`. */
export function canonicalBytes(value: unknown): Buffer {
  return Buffer.from(canonicalJson(value));
}

/** Keys sorted by UTF-16 code units, no spaces, `undefined` members left out. Throws TypeError on what JSON cannot say. */
export function canonicalJson(value: unknown): string {
  // Several times as fast. What was read from canonical text, and changed without adding keys, is in order.
  return isInOrder(value) ? JSON.stringify(value) : spelled(value);
}

/** True when `JSON.stringify` spells it as this file does. */
function isInOrder(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return canBeSaid(value);
  if (Array.isArray(value)) return value.every(isInOrder);
  let last = '';
  for (const key of Object.keys(value)) {
    const member = (value as Record<string, unknown>)[key];
    if (key < last || (member !== undefined && !isInOrder(member))) return false;
    last = key;
  }
  return true;
}

function canBeSaid(value: unknown): boolean {
  return value === null || typeof value === 'boolean' || typeof value === 'string' || Number.isFinite(value);
}

function spelled(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('A number in canonical JSON must be finite');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object') return spelledObject(value as Record<string, unknown>);
  throw new TypeError(`Canonical JSON cannot hold a ${typeof value}`);
}

function spelledObject(value: Record<string, unknown>): string {
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    if (value[key] !== undefined) members.push(`${JSON.stringify(key)}:${canonicalJson(value[key])}`);
  }
  return `{${members.join(',')}}`;
}
