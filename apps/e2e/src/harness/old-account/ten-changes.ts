/** Ten things that an owner may do to what has moved in, each with a request that shows it. */
import type { Management } from '../management.js';
import { apiOf, type OldAccount } from './account.js';
import { oldId, under } from './groups.js';
import { guardOf } from './guards.js';
import { refused, type Sample, type Seen } from './kind.js';

export interface Change {
  readonly what: string;
  readonly ask: Omit<Sample, 'gets'> & { readonly host: string };
  readonly before: Partial<Seen>;
  readonly after: Partial<Seen>;
  make(management: Management): Promise<unknown>;
}

const ok = { status: 200, code: null };

export function tenChanges(account: OldAccount): Change[] {
  const { groups, apis, plugins } = account;
  /** Of a group, on its public domain. */
  const ask = (n: number, path: string, headers: Record<string, string> = {}) => {
    const group = groups[n];
    if (group === undefined) throw new Error(`There is no group ${n}`);
    return { host: group.publicDomain, target: under(group, path), headers };
  };
  const plugin = (n: number) => {
    const found = plugins[n];
    if (found === undefined) throw new Error(`There is no plugin ${n}`);
    return found;
  };
  const edit = (kind: string, n: number, patch: object) => async (management: Management) => {
    const { id } = apiOf(apis, kind, n);
    await management.call(`PATCH /apis/${id}`, patch);
    await management.call(`POST /apis/${id}/deployments`, { stage: 'RELEASE' });
  };
  return [
    {
      what: 'a mock answers something else',
      ask: ask(0, '/ping'),
      before: { ...ok, body: 'pong of group_0' },
      after: { ...ok, body: 'changed' },
      make: edit('ping', 0, { backend: { body: 'changed' } }),
    },
    {
      what: 'an API calls another path',
      ask: ask(1, '/plain'),
      before: { ...ok, body: { line: 'GET /plain' } },
      after: { ...ok, body: { line: 'GET /changed' } },
      make: edit('plain', 1, { backend: { path: '/changed' } }),
    },
    {
      what: 'an API asks for who calls',
      ask: ask(2, '/items/7/parts/a'),
      before: { ...ok, body: { line: 'GET /things/7?name=a' } },
      after: refused(400, 'A400MA'),
      make: edit('partsOf', 2, { auth: 'APP' }),
    },
    {
      what: 'a variable gets another value',
      ask: ask(3, '/staged'),
      before: { ...ok, body: { line: 'GET /live/staged' } },
      after: { ...ok, body: { line: 'GET /changed/staged' } },
      make: (management) =>
        management.call(`PUT /groups/${groups[3]?.id}/stages/RELEASE/variables`, {
          ...groups[3]?.variables.RELEASE,
          Env: 'changed',
        }),
    },
    {
      what: 'an API goes live in one more stage',
      ask: ask(4, '/mixed', { 'X-Ca-Stage': 'TEST' }),
      before: refused(404, 'I404NF'),
      after: { ...ok, body: { line: 'GET /mixed' } },
      make: (management) => management.call(`POST /apis/${apiOf(apis, 'mixed', 4).id}/deployments`, { stage: 'TEST' }),
    },
    {
      what: 'an API goes offline',
      ask: ask(5, '/vpc'),
      before: { ...ok, body: { line: 'GET /inside' } },
      after: refused(404, 'I404NF'),
      make: (management) => management.call(`DELETE /apis/${apiOf(apis, 'vpcs', 5).id}/deployments/RELEASE`),
    },
    {
      what: 'a plugin is unbound',
      ask: ask(guardOf('basicAuth'), '/guarded/b'),
      before: refused(401, 'A401BA'),
      after: ok,
      async make(management) {
        const bindings = `/plugins/${plugin(guardOf('basicAuth')).id}/bindings`;
        const { items } = await management.call<{ items: Array<{ id: string }> }>(`GET ${bindings}`);
        for (const { id } of items) await management.call(`DELETE ${bindings}/${id}`);
      },
    },
    {
      what: 'a plugin of one group is bound to another, too',
      ask: ask(7, '/ping', { Origin: 'https://evil.test' }),
      before: ok,
      after: refused(403, 'A403CO'),
      make: (management) =>
        management.call(`POST /plugins/${plugin(guardOf('cors', 'group')).id}/bindings`, {
          groupId: groups[7]?.id,
          stage: 'RELEASE',
        }),
    },
    {
      what: 'a plugin is edited',
      ask: ask(guardOf('accessControl'), '/guarded/t', { 'X-Tier': 'gold' }),
      before: ok,
      after: refused(402, 'A403AC'),
      make: (management) =>
        management.call(`PUT /plugins/${plugin(guardOf('accessControl')).id}`, {
          config: JSON.stringify(plugin(guardOf('accessControl')).config).replaceAll("'gold'", "'platinum'"),
        }),
    },
    {
      what: 'a plugin gives way to another of its type',
      ask: ask(guardOf('transformer'), '/guarded/x'),
      before: { ...ok, body: { headers: { 'x-tenant': 'old' } } },
      after: { ...ok, body: { headers: { 'x-tenant': 'new' } } },
      async make(management) {
        const config = { putRequestParameter: [{ name: 'X-Tenant', value: 'new', location: 'header' }] };
        const id = oldId('plugin that came later');
        await management.call('POST /plugins', { id, name: 'came_later', type: 'transformer', config });
        const apiIds = [apiOf(apis, 'guarded', guardOf('transformer')).id];
        await management.call(`POST /plugins/${id}/bindings`, { apiIds, stage: 'RELEASE' });
      },
    },
  ];
}
