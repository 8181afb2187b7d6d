/** One kind of API carries a plugin, another in each group. */
import { admittingGuards } from './admitting-guards.js';
import { changingGuards } from './changing-guards.js';
import { under } from './groups.js';
import { allows, type Guard, ok, page } from './guard.js';
import { http, type Kind, refused } from './kind.js';

/** Bound to whole groups. */
const groupGuards: readonly Guard[] = [
  {
    type: 'transformer',
    to: 'group',
    config: { putResponseHeader: [{ name: 'X-Group', value: 'sixteen' }] },
    samples: (ask, group) => [
      { target: ask('/g'), gets: { ...ok, headers: { 'x-group': 'sixteen' } } },
      { target: under(group, '/ping'), gets: { ...ok, headers: { 'x-group': 'sixteen' } } },
    ],
  },
  {
    type: 'cors',
    to: 'group',
    config: { allowOrigins: 'https://www.pages.test' },
    samples: (ask) => [
      { target: ask('/c'), headers: page('www.pages.test'), gets: { ...ok, headers: allows('https://www.pages.test') } },
      { target: ask('/c'), headers: page('evil.test'), gets: refused(403, 'A403CO') },
    ],
  },
  {
    type: 'trafficControl',
    to: 'group',
    config: { scope: 'PLUGIN', defaultLimit: 1_000_000, defaultPeriod: 'MINUTE' },
    samples: (ask) => [{ target: ask('/l'), gets: ok }],
  },
  {
    type: 'ipControl',
    to: 'group',
    config: { type: 'REFUSE', items: [{ blocks: ['203.0.113.0/24', '2001:db8::/32'] }] },
    samples: (ask) => [{ target: ask('/i'), gets: ok }],
  },
];

/** In the order of the groups. */
export const guards: readonly Guard[] = [...admittingGuards, ...changingGuards, ...groupGuards];

export const guardedKind: Kind = {
  name: 'guarded',
  definition: () => ({
    auth: 'ANONYMOUS',
    request: { method: 'ANY', path: '/guarded/*', mode: 'MAPPING_PASSTHROUGH' },
    backend: http('/guarded/*'),
  }),
  samples: (group) => guards[group.n]?.samples((path) => under(group, `/guarded${path}`), group) ?? [],
};

/** The number of the first guard of a type that is bound so, and of the group that has it. */
export function guardOf(type: string, to: Guard['to'] = 'api'): number {
  return guards.findIndex((guard) => guard.type === type && guard.to === to);
}
