/** Routes that no request takes, and what else is certain of a routing configuration. */
import { backendDoubts } from './backend-doubts.js';
import { rangesIn, readCondition, unusedParameters } from './kit/condition-doubts.js';
import type { Doubt } from './kit/plugin.js';
import type { RoutingConfig } from './routing.js';

export function routingDoubts({ parameters, routes }: RoutingConfig): Doubt[] {
  const ranges = rangesIn(parameters, 'request');
  const read = routes.map(({ condition }, n) => readCondition(condition, `routes[${n}].condition`, ranges));
  const doubts = read.flatMap((each) => each.doubts);
  const asked = new Map<string, number>();
  let taker: number | null = null;
  for (const [n, { constant, key }] of read.entries()) {
    const earlier = key === null ? undefined : asked.get(key);
    if (taker !== null) doubts.push(unreached(n, `routes[${taker}] takes every request that comes so far`));
    else if (earlier !== undefined) doubts.push(unreached(n, `routes[${earlier}] has the same condition`));
    else if (constant === false)
      doubts.push({ path: `routes[${n}].condition`, code: 'never-holds', message: 'holds for no request' });
    if (constant === true) taker ??= n;
    if (key !== null && earlier === undefined) asked.set(key, n);
  }
  for (const [n, { backend, 'constant-parameters': constants = [] }] of routes.entries()) {
    doubts.push(...backendDoubts(backend, `routes[${n}].backend`));
    if (backend.type === 'MOCK' && constants.length > 0)
      doubts.push({ path: `routes[${n}].constant-parameters`, code: 'no-effect', message: 'a MOCK backend is sent nothing' });
  }
  const used = read.flatMap(({ variables }) => variables);
  return [...doubts, ...unusedParameters(parameters, used)];
}

function unreached(n: number, message: string): Doubt {
  return { path: `routes[${n}]`, code: 'never-reached', message };
}
