/** Stops calls that go in circles (wire contract 10). */
// hot
import { type Answer, refuse } from '@causeway/plugins';
import type { RouteExchange } from './route.js';

/** @param ownId id of this listener role in `Via`; the request may pass it `maxDepth` times */
export function checkLoop(x: RouteExchange, ownId: string, maxDepth: number): Answer | undefined {
  const { names, raw } = x.head;
  let passed = 0;
  for (let n = 0; n < names.length; n++) {
    if (names[n] !== 'via') continue;
    const value = raw[n * 2 + 1]!;
    if (value === ownId) passed++;
    else if (value.includes(',')) passed += value.split(',').filter((item) => item.trim() === ownId).length;
  }
  if (passed < maxDepth) return undefined;
  return refuse('I508LD', { Chain: x.trusted ? [...x.chain, x.route!.apiId].join(' > ') : viaIds(x).join(' > ') });
}

function viaIds({ head }: RouteExchange): string[] {
  return head.names.flatMap((name, n) => (name === 'via' ? head.raw[n * 2 + 1]!.split(',').map((item) => item.trim()) : []));
}
