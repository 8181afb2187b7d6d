/** What a routing configuration does, in plain words. */
import { backendWords } from './backend-words.js';
import { rangesIn, readCondition } from './kit/condition-doubts.js';
import { listed, onOneLine } from './kit/words.js';
import type { RoutingConfig } from './routing.js';

export function routingSummary({ parameters, routes }: RoutingConfig): string[] {
  const ranges = rangesIn(parameters, 'request');
  const takesAll = routes.findIndex(({ condition }) => readCondition(condition, '', ranges).constant === true);
  const taken = routes.map((route, n) => {
    const where = n === takesAll ? 'all other requests go' : `where ${onOneLine(route.condition)}, a request goes`;
    const text = `${route.name}: ${where} to ${backendWords(route.backend)}${constantWords(route)}.`;
    return takesAll >= 0 && n > takesAll ? `${text} None comes so far.` : text;
  });
  const order = routes.length > 1 ? ['The first of these routes that fits is taken.'] : [];
  return [...order, ...taken, ...(takesAll >= 0 ? [] : ['All other requests go to the API’s own backend.'])];
}

/** Their names only: a value may be a credential. */
function constantWords({ 'constant-parameters': constants = [] }: RoutingConfig['routes'][number]): string {
  if (constants.length === 0) return '';
  return `, with the ${listed(constants.map(({ name, location }) => `${location} ${name}`))} set`;
}
