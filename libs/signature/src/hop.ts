/** The X-Ca-Hop token, by which a gateway knows a call that another of its gateways makes. */
// hot
import { sameText } from './same-text.js';
import type { SigningKey } from './signing-key.js';

/** What one hop tells the next (wire contract 9.3). */
export interface Hop {
  /** Request id that the first hop gave out. */
  id: string;
  /** Ids of the APIs passed so far, at most 64. */
  chain: string[];
  /** When the token was made, Unix ms. */
  t: number;
}

/**
 * Makes the token for one outgoing request; it is good for that method and target only. A hop beyond the limits of `openHop`
 * gives a token that no gateway accepts.
 *
 * @param target path and query exactly as they stand in the request line
 */
export function sealHop(
  hop: { id: string; chain: readonly string[]; t: number },
  method: string,
  target: string,
  key: SigningKey,
): string {
  // JSON per request: the token's form is fixed by the contract, and it is made only for calls that leave the process.
  const { id, chain, t } = hop;
  const signed = `${VERSION}${Buffer.from(JSON.stringify({ id, chain, t }), 'utf8').toString('base64url')}`;
  return `${signed}.${macOf(signed, method, target, key)}`;
}

/**
 * Reads a token. Null, without a reason, for anything but an untampered token of this request, made with one of `key` (the
 * current and, while keys change, the former) and not more than 60 s away from `nowMs` in either direction. Never throws.
 */
export function openHop(
  token: string,
  method: string,
  target: string,
  key: SigningKey | readonly SigningKey[],
  nowMs: number,
): Hop | null {
  if (token.length > MAX_TOKEN_LENGTH || !token.startsWith(VERSION)) return null;
  const dot = token.indexOf('.', VERSION.length);
  if (dot === -1) return null;
  const signed = token.slice(0, dot);
  const mac = token.slice(dot + 1);
  const keys: readonly SigningKey[] = 'length' in key ? key : [key];
  if (!keys.some((candidate) => sameText(macOf(signed, method, target, candidate), mac))) return null;
  const hop = parse(signed.slice(VERSION.length));
  return hop !== null && Math.abs(nowMs - hop.t) <= VALID_MS ? hop : null;
}

const VERSION = 'v1.';
const VALID_MS = 60_000;
const MAX_CHAIN = 64;
const MAX_ID_LENGTH = 64;
// The largest legal payload (65 ids of 64 characters, 4.5 kB of JSON) is 6 kB of Base64.
const MAX_TOKEN_LENGTH = 8192;

function macOf(signed: string, method: string, target: string, key: SigningKey): string {
  return key.hmac('sha256', `${signed}\n${method}\n${target}`, 'base64url');
}

/** Only the holder of the key gets here, but the limits must hold for a gateway of another release too. */
function parse(payload: string): Hop | null {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 3) return null;
  const { id, chain, t } = value as Partial<Record<keyof Hop, unknown>>;
  if (!isId(id) || !Number.isSafeInteger(t)) return null;
  if (!Array.isArray(chain) || chain.length > MAX_CHAIN || !chain.every(isId)) return null;
  return { id, chain, t: t as number };
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_ID_LENGTH;
}
