/** What an explanation says of preflights, of pages that may not call, and of rules that let pass or deny. */
import { expect, it } from '@jest/globals';
import { explainRequest } from './explain.js';
import { apisChunk, chunkMap, deps, groupChunk, instanceChunk, PUBLIC_HOST, pluginChunk } from './testing/make-program.js';

const [PAGES, GATE, CHANGE] = ['1', '2', '3'].map((digit) => digit.repeat(32)) as [string, string, string];
const chunks = chunkMap([
  instanceChunk(),
  groupChunk(),
  apisChunk([
    { path: '/a', method: 'PUT', plugins: [PAGES] },
    {
      path: '/a',
      plugins: [PAGES, GATE, CHANGE],
      definition: {
        request: { method: 'GET', path: '/a', mode: 'PASSTHROUGH' },
        backend: { type: 'HTTP', address: 'b.example.com' },
      },
    },
  ]),
  pluginChunk(PAGES, 'cors', { allowOrigins: 'https://a.com', allowMethods: 'PUT' }),
  pluginChunk(GATE, 'accessControl', {
    parameters: { q: 'Query:q' },
    rules: [
      { name: 'open', condition: "$q = 'open'", ifTrue: 'ALLOW' },
      { name: 'closed', condition: "$q = 'closed'", ifTrue: 'DENY', statusCode: 451 },
    ],
  }),
  pluginChunk(CHANGE, 'transformer', { putRequestParameter: [{ name: 'X-Own', value: 1, location: 'header' }] }),
]);

function explain(method: string, target: string, headers: readonly string[] = []) {
  const sample = { method, scheme: 'http' as const, host: PUBLIC_HOST, target, headers, body: null, clientIp: '192.0.2.1' };
  return explainRequest(chunks, sample, deps);
}

const preflight = (method: string, origin: string) =>
  explain('OPTIONS', '/a', ['Origin', origin, 'Access-Control-Request-Method', method]);

it('a preflight is answered for the API of the method that it asks for', async () => {
  const { outcome, refusal, api, steps, backend } = await preflight('PUT', 'https://a.com');
  expect([outcome, refusal, api?.method, backend]).toEqual(['answered', null, 'PUT', null]);
  expect(steps.slice(-3).map(({ step, passed }) => [step, passed])).toEqual([
    ['api', true],
    ['entry', true],
    ['plugins', true],
  ]);
});

it('a preflight is refused with what a browser would get', async () => {
  const refusals = [
    await preflight('PUT', 'https://evil.com'),
    await preflight('GET', 'https://a.com'),
    await preflight('DELETE', 'https://a.com'),
  ];
  expect(refusals.map(({ outcome, refusal }) => [outcome, refusal?.code])).toEqual([
    ['refused', 'A403CO'],
    ['refused', 'A403CO'],
    ['refused', 'I404CO'],
  ]);
  for (const { steps } of refusals) expect(steps.at(-1)?.passed).toBe(false);
});

it('a page that may not call is refused before anything else of the API', async () => {
  const { refusal, steps } = await explain('GET', '/a', ['Origin', 'https://evil.com']);
  expect([refusal?.code, steps.at(-1)?.step]).toEqual(['A403CO', 'plugins']);
  expect(steps.map(({ step }) => step)).not.toContain('authentication');
});

it('every rule is told, and the first that decides is what happens', async () => {
  const denied = await explain('GET', '/a?q=closed');
  expect(denied.refusal).toEqual({ status: 451, code: 'A403AC', message: 'Access Control Forbidden by closed' });
  const { rules } = denied.plugins.find(({ type }) => type === 'accessControl')!;
  expect(rules.map(({ rule, holds }) => [rule, holds])).toEqual([
    ['open', false],
    ['closed', true],
  ]);
  expect((await explain('GET', '/a?q=open')).outcome).toBe('backend');
});

it('what a transformer adds is among what the backend gets', async () => {
  const { backend } = await explain('GET', '/a');
  expect(backend?.headers).toContain('X-Own');
});
