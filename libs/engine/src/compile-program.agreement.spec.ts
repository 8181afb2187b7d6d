/** A program that was changed step by step answers as one that is compiled at once, and takes over what a change does not touch. */
import { type Chunk, generatedDomain } from '@causeway/contract';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileProgram } from './compile-program.js';
import { locate } from './locate.js';
import type { Program } from './program.js';
import { makeExchange } from './testing/make-exchange.js';
import { apisChunk, chunkMap, deps, groupChunk, instanceChunk, makeProgram, pluginChunk } from './testing/make-program.js';

const GROUPS = ['a', 'b', 'c'].map((digit) => digit.repeat(32));
const PLUGINS = ['1', '2'].map((digit) => digit.repeat(32));

/** What may be edited: each a place with a few states; the empty state takes it away. */
interface Place {
  readonly states: ReadonlyArray<Chunk | null>;
}

const routing = (id: string, address: string) =>
  pluginChunk(id, 'routing', { routes: [{ name: 'r', condition: '1 = 1', backend: { type: 'HTTP', address } }] });
const app = (bucket: number, key: string | null): Chunk => ({
  kind: 'apps',
  bucket,
  apps:
    key === null
      ? []
      : [
          {
            id: String(bucket),
            name: 'app',
            accountId: 'acc',
            disabled: false,
            extend: '',
            keys: [{ key, secret: 'v1.S', previous: null }],
            appCodes: [],
            grants: [],
          },
        ],
});

const PLACES: readonly Place[] = [
  ...GROUPS.map((id) => ({
    states: [
      groupChunk({ id }),
      groupChunk({ id, publicDomain: false }),
      groupChunk({ id, basePath: '/base' }),
      groupChunk({
        id,
        domains: [{ id: 'd', domain: 'shared.example.com', type: 'internet', stage: null, patterns: [] } as never],
      }),
      groupChunk({ id, bindings: [{ pluginId: PLUGINS[1]!, stage: 'RELEASE' }] }),
      null,
    ],
  })),
  ...GROUPS.flatMap((id) =>
    [0, 1].map((n) => ({
      states: [
        apisChunk([{ path: `/x${n}`, definition: { name: `first_${n}` } }, { path: `/y${n}/[p]` }], id),
        apisChunk([{ path: `/x${n}`, plugins: [PLUGINS[0]!] }, { path: `/z${n}/*` }], id),
        apisChunk([{ path: `/x${n}`, stage: 'TEST' }], id),
        apisChunk([], id),
        null,
      ],
    })),
  ),
  ...PLUGINS.map((id) => ({ states: [routing(id, `${id[0]}.example.com`), routing(id, 'other.example.com'), null] })),
  { states: [app(1, 'K'), app(1, 'L'), app(1, null), null] },
  { states: [app(2, 'M'), null] },
  { states: [instanceChunk(), instanceChunk({ callsFromGateway: false }), instanceChunk({ suffix: 'example.net' })] },
];

const HOSTS = [
  ...GROUPS.flatMap((id) => ['apigw.localhost', 'example.net'].map((suffix) => generatedDomain('public', id, 'local', suffix))),
  'shared.example.com',
];
const TARGETS = ['/x0', '/x1', '/y0/1', '/z1/2/3', '/base/x0'];

/** Everything that can be seen of a program from outside. */
function answers(program: Program): unknown {
  const asked = HOSTS.flatMap((host) =>
    TARGETS.flatMap((target) =>
      ['RELEASE', 'TEST'].map((stage) => {
        const x = makeExchange(target, { host, headers: ['X-Ca-Stage', stage] });
        const early = locate(x, program, 5);
        if (early !== undefined) return [early.errorCode, early.errorMessage];
        for (const step of x.route?.steps ?? []) step(x);
        const backend = x.backend ?? x.route?.backend;
        return [x.route?.apiName, x.pathValues, backend?.kind === 'http' ? backend.address.host : backend?.kind];
      }),
    ),
  );
  return {
    asked,
    internal: GROUPS.map(
      (id) => program.internalHosts.find(generatedDomain('internal', id, 'local', 'apigw.localhost'))?.all.length,
    ),
    keys: ['K', 'L', 'M'].map((key) => program.credentials.get(key)?.appId),
    callers: program.credentials.size,
    size: program.size,
    quarantine: program.quarantine.map((each) => JSON.stringify(each)).sort(),
  };
}

const chunksOf = (states: readonly number[]): Chunk[] =>
  PLACES.flatMap(({ states: all }, n) => all[states[n]! % all.length] ?? []);

it('answers as one that is compiled at once, after any changes', async () => {
  const state = fc.tuple(...PLACES.map(({ states }) => fc.nat(states.length - 1)));
  const edits = fc.array(fc.array(fc.tuple(fc.nat(PLACES.length - 1), fc.nat(5)), { maxLength: 4 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(state, edits, async (first, rounds) => {
      let states: number[] = [...first];
      let program = await makeProgram(chunksOf(states));
      for (const round of rounds) {
        const told = [program, answers(program)] as const;
        states = [...states];
        for (const [at, to] of round) states[at] = to;
        program = await compileProgram({ epoch: 1, revision: 2 }, chunkMap(chunksOf(states)), deps, program);
        const anew = await compileProgram({ epoch: 1, revision: 2 }, chunkMap(chunksOf(states)), deps, null);
        expect(answers(program)).toEqual(answers(anew));
        // Requests that began before a swap go on with what they began with.
        expect(answers(told[0])).toEqual(told[1]);
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);

it('compiles the routes of one chunk when that chunk changes, and no others of its group', async () => {
  const [group] = GROUPS as [string];
  const base = [instanceChunk(), groupChunk({ id: group }), apisChunk([{ path: '/stays' }], group)];
  const before = await makeProgram([...base, apisChunk([{ path: '/changes' }], group)]);
  const after = await makeProgram([...base, apisChunk([{ path: '/changed' }], group)], before);
  const find = (program: Program, path: string) =>
    program.publicHosts
      .find(generatedDomain('public', group, 'local', 'apigw.localhost'))
      ?.all[0]?.group.stages.get('RELEASE')
      ?.find('GET', path)?.found;
  expect(find(before, '/stays')).toBeDefined();
  expect(find(after, '/stays')).toBe(find(before, '/stays'));
  expect([find(after, '/changes'), find(after, '/changed') === undefined]).toEqual([undefined, false]);
  const renamed = await makeProgram(
    [instanceChunk(), groupChunk({ id: group, publicDomain: true, internalDomain: false }), ...base.slice(2)],
    after,
  );
  expect(find(renamed, '/stays')).toBe(find(before, '/stays'));
});
