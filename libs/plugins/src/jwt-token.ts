/** Finds the token in a request and reads what it says, before anything of it is believed (plugins, section 5.4; RFC 7515). */
// hot
import { type Answer, refuse } from './kit/answer.js';
import type { Exchange } from './kit/exchange.js';
import { allValues } from './kit/query.js';

/** A longer one is looked at no further, characters. */
export const MAX_TOKEN = 16_384;
/** Of a key's name, in a message to the client, characters. */
const MAX_SHOWN = 128;

export type TokenPlace = 'header' | 'query' | 'cookie';

/** The token's text; null: there is none. One that stands there twice is none that the backend can be trusted to read alike. */
export function tokenReader(name: string, place: TokenPlace): (x: Exchange) => string | null | Answer {
  const lower = name.toLowerCase();
  const bearer = lower === 'authorization' && place === 'header';
  return (x) => {
    if (place === 'header') {
      const at = x.head.names.indexOf(lower);
      if (at < 0) return null;
      if (x.head.names.indexOf(lower, at + 1) >= 0) return undecodable(`${name} is there more than once`);
      const value = x.head.raw[at * 2 + 1]!.trim();
      return orNull(bearer ? value.replace(/^bearer(?:[ \t]+|$)/i, '') : value);
    }
    const values = place === 'query' ? allValues(x.query, name) : cookies(x, name);
    return values.length > 1 ? undecodable(`${name} is there more than once`) : orNull(values[0] ?? '');
  };
}

function orNull(token: string): string | null {
  return token === '' ? null : token;
}

/** Values of a cookie, of all lines (RFC 6265 section 4.2). */
function cookies({ head: { names, raw } }: Exchange, name: string): string[] {
  const values: string[] = [];
  for (let n = 0; n < names.length; n++) {
    if (names[n] !== 'cookie') continue;
    for (const pair of raw[n * 2 + 1]!.split(';')) {
      const equals = pair.indexOf('=');
      if (equals < 0 || pair.slice(0, equals).trim() !== name) continue;
      const value = pair.slice(equals + 1).trim();
      values.push(/^".*"$/.test(value) ? value.slice(1, -1) : value);
    }
  }
  return values;
}

export interface Decoded {
  readonly alg: string;
  readonly kid: string | null;
  readonly claims: Readonly<Record<string, unknown>>;
}

const COMPACT = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]*$/;

export function decodeToken(token: string): Decoded | Answer {
  if (token.length > MAX_TOKEN) return undecodable(`longer than ${MAX_TOKEN} characters`);
  const parts = COMPACT.exec(token);
  if (parts === null) return undecodable('not a compact JWS');
  const header = headerOf(parts[1]!);
  if (header === null) return undecodable('the header is no JSON object');
  const claims = objectOf(parts[2]!);
  if (claims === null) return undecodable('the claims are no JSON object');
  const { alg, kid } = header;
  if (kid !== undefined && typeof kid !== 'string') return undecodable('kid is no text');
  // No extension is understood here: one that must be is a reason to refuse (RFC 7515 section 4.1.11, RFC 7797 section 7).
  if (Object.hasOwn(header, 'crit')) return refuse('A403JT', { Reason: 'critical headers are not understood' });
  if (Object.hasOwn(header, 'b64')) return refuse('A403JT', { Reason: 'b64 is not allowed' });
  if (typeof alg !== 'string') return refuse('A403JT', { Reason: 'there is no alg' });
  return { alg, kid: kid ?? null, claims };
}

/** All tokens of an issuer have one header: it is read once. */
const headers = new Map<string, Readonly<Record<string, unknown>> | null>();
const MOST_HEADERS = 256;
/** A longer one is not an issuer's. */
const MAX_KEPT = 512;

function headerOf(encoded: string): Readonly<Record<string, unknown>> | null {
  const known = headers.get(encoded);
  if (known !== undefined) return known;
  const header = objectOf(encoded);
  if (encoded.length > MAX_KEPT) return header;
  if (headers.size >= MOST_HEADERS) headers.clear();
  headers.set(encoded, header);
  return header;
}

export function undecodable(reason: string): Answer {
  return refuse('I400JD', { Reason: reason });
}

export function shown(given: string): string {
  return given.length <= MAX_SHOWN ? given : `${given.slice(0, MAX_SHOWN)}...`;
}

/** Bytes that are no UTF-8 are refused: another reader might take them for another text. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function objectOf(encoded: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(UTF8.decode(Buffer.from(encoded, 'base64url')));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
