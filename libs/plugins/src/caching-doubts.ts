/** What is certain of a caching configuration. */
import type { CachingConfig } from './caching.js';
import { ALWAYS_KEPT } from './caching-rules.js';
import type { Doubt } from './kit/plugin.js';

export function cachingDoubts({ duration, cacheableHeaders, clientCacheControl }: CachingConfig): Doubt[] {
  const doubts: Doubt[] = [];
  const { mode, apps } = clientCacheControl;
  const noEffect = (path: string, message: string) => doubts.push({ path, code: 'no-effect', message });
  if (duration === undefined) {
    const message = 'is not given: only answers whose Cache-Control says how long are kept. Write 0 where that is meant';
    doubts.push({ path: 'duration', code: 'no-duration', message });
  }
  if (mode === 'app' && apps.length === 0) noEffect('clientCacheControl.apps', 'names no app: nobody is listened to');
  if (mode !== 'app' && apps.length > 0) noEffect('clientCacheControl.apps', `is not looked at with mode ${mode}`);
  for (const [n, name] of cacheableHeaders.entries()) {
    if (ALWAYS_KEPT.has(name.toLowerCase())) noEffect(`cacheableHeaders[${n}]`, `${name} is kept in any case`);
    if (name.toLowerCase() === 'set-cookie') noEffect(`cacheableHeaders[${n}]`, 'an answer with Set-Cookie is never kept');
  }
  return doubts;
}
