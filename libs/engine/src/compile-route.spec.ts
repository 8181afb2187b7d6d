/** One published API in its stage: variables, escaped paths, upstreams by name (wire contract 1.4, 4.6 rule 8 and 6). */

import type { Chunk } from '@causeway/contract';
import { Answer } from '@causeway/plugins';
import { describe, expect, it } from '@jest/globals';
import { locate } from './locate.js';
import type { Program } from './program.js';
import { makeExchange } from './testing/make-exchange.js';
import { apiId, apisChunk, groupChunk, makeProgram, PUBLIC_HOST, pluginChunk } from './testing/make-program.js';

const PLUGIN = 'e'.repeat(32);

const live = (definition: object, more: { stage?: string; plugins?: string[] } = {}) =>
  apisChunk([{ path: '/a', definition, ...more }]);
const stages = (...named: Array<[name: string, variables: Record<string, string>]>) =>
  groupChunk({ stages: named.map(([name, variables]) => ({ name, variables })) });
const accesses = (...list: Array<{ name: string; address: string; hostHeader: string | null }>): Chunk => ({
  kind: 'vpc-accesses',
  accountId: 'acc',
  accesses: list,
});

/** Where a GET goes: `scheme://host:port/path?query`, or the refusal. */
function ask(program: Program, target: string, stage = 'RELEASE'): string {
  const x = makeExchange(target, { host: PUBLIC_HOST, headers: ['X-Ca-Stage', stage] });
  const early = locate(x, program, 5);
  if (early !== undefined) return String(early.errorCode);
  for (const step of x.route?.steps ?? []) step(x);
  const backend = x.backend ?? x.route?.backend ?? null;
  if (backend?.kind === 'unusable') return `${backend.code} ${JSON.stringify(backend.values)}`;
  if (backend?.kind !== 'http') return String(backend?.kind);
  const out = x.route!.map(x, backend);
  if (out instanceof Answer) return String(out.errorCode);
  const { scheme, host, port } = backend.address;
  return `${scheme}://${host}:${port}${out.target}`;
}

describe('an API with stage variables', () => {
  const definition = {
    backend: { type: 'HTTP', address: '#Host#:#Port#', path: '#Base#/[env]' },
    constants: [
      { name: 'env', in: 'path', value: '#Env#' },
      { name: 'e', in: 'query', value: '<#Env#>' },
    ],
  };
  const own = { Host: 'https://own.example.com', Port: '8443', Base: '/v1', Env: 'a b' };

  it('is what its own stage gives it', async () => {
    const group = stages(['RELEASE', own], ['PRE', { ...own, Host: 'pre.example.com', Port: '80', Env: 'pre' }]);
    const release = await makeProgram([group, live(definition)]);
    expect(ask(release, '/a')).toBe('https://own.example.com:8443/v1/a%20b?e=%3Ca%20b%3E');
    const pre = await makeProgram([group, live(definition, { stage: 'PRE' })]);
    expect(ask(pre, '/a', 'PRE')).toBe('http://pre.example.com:80/v1/pre?e=%3Cpre%3E');
  });

  it.each([
    ['it lacks one', { ...own, Env: undefined }],
    ['one differs in letter case', { ...own, Env: undefined, env: 'x' }],
    ['its address is none with them', { ...own, Port: '99999' }],
    ['its path is none with them', { ...own, Base: '/a b' }],
  ])('answers X500AM where %s, and no other API does', async (_, given) => {
    const variables = Object.fromEntries(Object.entries(given).filter((each): each is [string, string] => each[1] !== undefined));
    const apis = apisChunk([{ path: '/a', definition }, { path: '/b' }]);
    const program = await makeProgram([stages(['RELEASE', variables]), apis]);
    expect([ask(program, '/a'), ask(program, '/b')]).toEqual(['X500AM', 'mock']);
    expect(program.quarantine).toMatchObject([{ resource: `api:${apiId(1)}` }]);
  });

  it('is compiled anew when one of them changes', async () => {
    const before = await makeProgram([stages(['RELEASE', own]), live(definition)]);
    const chunks = [stages(['RELEASE', { ...own, Env: 'new' }]), live(definition)];
    expect(ask(await makeProgram(chunks, before), '/a')).toContain('/v1/new');
  });
});

it('an escaped path takes its brackets as text, as they have to come on the wire', async () => {
  const request = { method: 'GET', path: '/a/[id]', escapePath: true };
  const program = await makeProgram([groupChunk(), live({ request })]);
  expect([ask(program, '/a/%5Bid%5D'), ask(program, '/a/x')]).toEqual(['mock', 'I404NF']);
});

describe('a named upstream', () => {
  const definition = { backend: { type: 'HTTP-VPC', vpcAccessName: 'shop', path: '/p' } };
  const shop = { name: 'shop', address: '10.0.0.1:81', hostHeader: 'shop.example.com' };

  it('is where the account of the group has it', async () => {
    const program = await makeProgram([groupChunk(), live(definition), accesses(shop)]);
    expect(ask(program, '/a')).toBe('http://10.0.0.1:81/p');
  });

  it('answers X504VE while it is not there, and works once it is', async () => {
    const without = await makeProgram([groupChunk(), live(definition), accesses()]);
    expect([ask(without, '/a'), without.quarantine]).toEqual(['X504VE {"Name":"shop"}', []]);
    const chunks = [groupChunk(), live(definition), accesses(shop)];
    expect(ask(await makeProgram(chunks, without), '/a')).toBe('http://10.0.0.1:81/p');
    const elsewhere = { ...accesses(shop), accountId: 'other' } as Chunk;
    expect(ask(await makeProgram([groupChunk(), live(definition), elsewhere]), '/a')).toMatch(/^X504VE/);
  });

  it('may be what a route leads to', async () => {
    const backend = { type: 'http_vpc', vpcAccessName: 'shop', path: '/routed' };
    const plugin = pluginChunk(PLUGIN, 'routing', { routes: [{ name: 'r', condition: '1 = 1', backend }] });
    const own = { backend: { type: 'HTTP', address: 'http://own.example.com', path: '/own' } };
    const program = await makeProgram([groupChunk(), live(own, { plugins: [PLUGIN] }), plugin, accesses(shop)]);
    expect(ask(program, '/a')).toBe('http://10.0.0.1:81/routed');
    const without = await makeProgram([groupChunk(), live(own, { plugins: [PLUGIN] }), plugin]);
    expect(ask(without, '/a')).toMatch(/^X504VE/);
  });
});

it('a backend of a type that came later is answered X501NS', async () => {
  const chunk = live({});
  if (chunk.kind !== 'apis') throw new Error('not the chunk that was made');
  const api = chunk.apis[0]!;
  const foreign = { ...api, definition: { ...api.definition, backend: { type: 'OSS', bucket: 'b' } as never } };
  const program = await makeProgram([groupChunk(), { ...chunk, apis: [foreign] }]);
  expect(ask(program, '/a')).toBe('X501NS {"Feature":"backend type OSS"}');
});
