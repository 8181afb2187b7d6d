/** Which answers may be kept, and for how long (plugins, section 5.10; RFC 9111). */
import CachePolicy from 'http-cache-semantics';
import type { Answer } from './kit/answer.js';
import type { Exchange } from './kit/exchange.js';
import { headerOf } from './kit/response-source.js';

/** Headers that say how to read the body, in lower case. */
export const ALWAYS_KEPT: ReadonlySet<string> = new Set(['content-type', 'content-encoding', 'content-language']);

/** Longest, whatever a backend says, ms. */
const LONGEST_MS = 172_800_000;

/** A plain 200 that is for everybody who asks alike; a stream of events never ends. */
export function mayBeKept({ status, fromBackend, headers }: Answer, varyByHeaders: readonly string[]): boolean {
  if (status !== 200 || !fromBackend || headerOf(headers, 'set-cookie') !== null) return false;
  if (headerOf(headers, 'content-type')?.toLowerCase().startsWith('text/event-stream')) return false;
  const keyed = new Set(['accept-encoding', ...varyByHeaders.map((name) => name.toLowerCase())]);
  const varies = allOf(headers, 'vary').join(',').toLowerCase().split(',');
  return varies.every((name) => name.trim() === '' || keyed.has(name.trim()));
}

/** @param duration of the configuration, seconds, for an answer whose Cache-Control says nothing; 0: it is not kept */
export function lifetimeMs(x: Exchange, { status, headers }: Answer, duration: number): number {
  const said = allOf(headers, 'cache-control').join(', ');
  if (/\bno-cache\b/i.test(said)) return 0;
  const signed = x.head.get('authorization');
  // What is for one user is for others only if the backend says so itself.
  if (signed !== null && !/\b(?:public|s-maxage)\b/i.test(said)) return 0;
  const saysHowLong = /\b(?:s-maxage|max-age)\s*=/i.test(said);
  const control = saysHowLong ? said : `${said === '' ? '' : `${said}, `}max-age=${duration}`;
  const age = headerOf(headers, 'age');
  const policy = new CachePolicy(
    { url: x.target, method: x.method, headers: signed === null ? {} : { authorization: signed } },
    { status, headers: { 'cache-control': control, ...(saysHowLong && age !== null && { age }) } },
    { shared: true, cacheHeuristic: 0 },
  );
  return policy.storable() ? Math.min(policy.timeToLive(), LONGEST_MS) : 0;
}

function allOf(headers: readonly string[], lowerCaseName: string): string[] {
  return headers.flatMap((name, n) => (n % 2 === 0 && name.toLowerCase() === lowerCaseName ? [headers[n + 1]!] : []));
}
