/** APIs of the old account that call others over internal domains: how they route, and as which app they sign. */
import type { OldApp } from './apps.js';
import { GROUPS, type OldGroup, under } from './groups.js';
import { type Kind, reached } from './kind.js';

/** So many pairs of plugins serve the callers of all groups, four groups each. */
export const PAIRS = 5;

export const pairOf = ({ n }: OldGroup): number => Math.floor(n / (GROUPS / PAIRS));
/** The group that callers of the pair reach in RELEASE, and the one that they reach in PRE. */
export const nearOf = (pair: number): number => (4 * pair + 4) % GROUPS;
export const farOf = (pair: number): number => (4 * pair + 10) % GROUPS;

/** Anybody may call it; it has no backend but those of its routes. */
export const callerKind: Kind = {
  name: 'caller',
  definition: () => ({ auth: 'ANONYMOUS', request: { method: 'GET', path: '/caller', mode: 'PASSTHROUGH' } }),
  samples: (group) => [
    { target: under(group, '/caller?to=near&a=1'), gets: reached({ backend: 'blue', line: 'GET /live/signed?a=1' }) },
    { target: under(group, '/caller?to=far&a=2'), gets: reached({ backend: 'blue', line: 'GET /next/signed?a=2' }) },
    { target: under(group, '/caller?to=nowhere'), gets: { status: 504, code: 'I504RB' } },
  ],
};

export function routingOf(pair: number, groups: readonly OldGroup[]): string {
  const route = (name: string, n: number) => {
    const group = groups[n];
    if (group === undefined) throw new Error(`There is no group ${n}`);
    return [
      `- name: ${name}`,
      `  condition: "$to = '${name}'"`,
      `  backend: { type: HTTP, address: ${group.internalDomain}, path: ${under(group, '/signed')}, method: GET }`,
    ];
  };
  return [
    '---',
    'parameters: { to: "Query:to" }',
    'routes:',
    ...route('near', nearOf(pair)),
    ...route('far', farOf(pair)),
    '  constant-parameters:',
    '  - { name: X-Ca-Stage, location: header, value: PRE }',
    '',
  ].join('\n');
}

/** Both ways to say who signs: an app by name, which is followed, and a pair that was written down. */
export function signatureOf(pair: number, { name, key, secret }: OldApp): object {
  const who = pair % 2 === 0 ? { app: name } : { key, secret };
  return { type: 'APIGW_FRONTEND', ...who, signatureMethod: 'HmacSHA256' };
}
