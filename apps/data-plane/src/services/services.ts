/** What plugins use of this process, one file each. */
import type { NonceStore } from '@causeway/engine';
import { NO_SERVICES, type PluginServices } from '@causeway/plugins';
import type { Gateway } from '../gateway.js';
import { PoolFetcher } from './fetcher.js';
import { Tokens } from './tokens.js';
import { Verdicts } from './verdicts.js';

export function createServices(gateway: Gateway, seen: NonceStore): PluginServices {
  return {
    ...NO_SERVICES,
    answers: gateway.answers,
    breakers: gateway.breakers,
    limits: gateway.limits,
    fetcher: new PoolFetcher(() => gateway),
    // An id that nobody can tell of is refused, as a nonce that an API insists on.
    seen: { first: (space, id, untilMs) => seen.use(space, id, untilMs, true) },
    tokens: new Tokens(),
    verdicts: new Verdicts(),
  };
}
