/** What tells one stored answer from another (plugins, section 5.10). */
// hot
import { hash } from 'node:crypto';
import type { CachingConfig } from './caching.js';
import type { Exchange } from './kit/exchange.js';
import type { CompileContext } from './kit/plugin.js';

/** Encodings of a body that clients may or may not read. */
const ENCODINGS = ['gzip', 'br', 'deflate', 'zstd'];

/**
 * An edit of the plugin or a deployment of the API makes other keys: what was stored before is met no more. Beside what the
 * configuration names, the domain and the encodings that a client reads are part of every key: backends see both, and nobody is to
 * get what was made for another's.
 */
export function keyMaker(config: CachingConfig, context: CompileContext): (x: Exchange) => string {
  const { varyByApp, varyByParameters, varyByHeaders } = config;
  const { apiId, stage } = context.api;
  const scope = hash('sha256', JSON.stringify([apiId, stage, context.version, context.pluginId, config]), 'base64');
  const headers = varyByHeaders.map((name) => name.toLowerCase());
  return (x) => {
    const parts: Array<string | null> = [scope, x.host, x.routeName, x.pathRest, encodings(x.head.get('accept-encoding'))];
    for (const value of x.pathValues) parts.push(value);
    if (varyByApp) parts.push(x.caller === null ? null : x.caller.appId);
    if (varyByParameters === undefined) parts.push(sorted(x.query));
    else for (const name of varyByParameters) parts.push(x.parameters?.get(name) ?? null);
    for (const name of headers) parts.push(x.head.get(name));
    return hash('sha256', JSON.stringify(parts), 'base64');
  };
}

/** Of pairs in another order the answer is the same. */
function sorted(query: string): string {
  return query.includes('&') ? query.split('&').sort().join('&') : query;
}

function encodings(accepted: string | null): string {
  if (accepted === null) return '';
  const lower = accepted.toLowerCase();
  return ENCODINGS.filter(
    (name) => lower.includes(name) && !new RegExp(`${name}\\s*;\\s*q=0(?:\\.0*)?(?:,|$)`).test(lower),
  ).join();
}
