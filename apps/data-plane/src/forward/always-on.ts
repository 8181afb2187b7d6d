/** The circuit breaker of APIs that have no plugin for it: a thousand timeouts in half a minute (plugins, section 5.12). */
// hot
import { type Answer, type Guard, refuse } from '@causeway/plugins';
import type { Gateway, Hop } from '../gateway.js';
import { ALWAYS_ON, type Breakers, ownKey } from '../services/breakers.js';

/** Looked at only while some breaker is not closed. */
export function alwaysOn(breakers: Breakers): Guard {
  return {
    before(x) {
      const entry = breakers.enter(ownKey(x as Hop));
      x.guarded = entry;
      return entry === 'open' ? refuse('D503CB') : entry === 'busy' ? refuse('D503BB') : undefined;
    },
    after(x, answer) {
      // A timeout of any other call was noted when it happened.
      if (x.guarded === 'probe') breakers.settle(ownKey(x as Hop), 'probe', verdict(x as Hop, answer), ALWAYS_ON);
    },
  };
}

/** Noted here, where it happens: nothing is asked of calls that go well. */
export function noteTimeout(x: Hop, { breakers }: Gateway): void {
  if (x.route!.guard === null && x.guarded !== 'probe') breakers.settle(ownKey(x), 'call', 'failed', ALWAYS_ON);
}

function verdict(x: Hop, { errorCode, fromBackend }: Answer) {
  if (errorCode === 'D504TO' && !fromBackend) return 'failed';
  return fromBackend && !x.tree.gone ? 'succeeded' : 'none';
}
