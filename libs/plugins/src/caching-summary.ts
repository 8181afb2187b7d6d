/** What a caching configuration does, in plain words. */
import type { CachingConfig } from './caching.js';
import { allOf, listed } from './kit/words.js';

export function cachingSummary(config: CachingConfig): string[] {
  const { duration = 0, varyByApp, varyByParameters, varyByHeaders, cacheableHeaders, clientCacheControl } = config;
  const { mode, apps } = clientCacheControl;
  const same = [
    ...(varyByParameters === undefined ? ['query'] : varyByParameters.map((name) => `parameter ${name}`)),
    ...varyByHeaders.map((name) => `header ${name}`),
    ...(varyByApp ? ['app'] : []),
  ];
  const obeyed = {
    off: '',
    all: 'The Cache-Control of every client is obeyed.',
    app: `The Cache-Control of ${appWords(apps)} is obeyed.`,
  };
  return [
    duration === 0
      ? 'Keeps answers to GET as long as the backend’s Cache-Control says; others are not kept.'
      : `Keeps answers to GET as long as the backend’s Cache-Control says, and for ${duration} s where it says nothing.`,
    same.length === 0
      ? 'An answer is given again to every call of the same path.'
      : `An answer is given again to calls of the same path with the same ${listed(same)}.`,
    ...(cacheableHeaders.length === 0 ? [] : [`Keeps ${allOf('header', cacheableHeaders)}, too.`]),
    ...(obeyed[mode] === '' ? [] : [obeyed[mode]]),
  ];
}

function appWords(apps: readonly string[]): string {
  return apps.length === 0 ? 'no client' : allOf('app', apps);
}
