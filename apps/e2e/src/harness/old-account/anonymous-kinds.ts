/** Kinds of APIs that anybody may call: mocks, mapped and unmapped requests, backends by name, by variable and by VPC access. */
import { under } from './groups.js';
import { http, type Kind, reached, refused } from './kind.js';
import { accessOf } from './vpc-accesses.js';

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

export const anonymousKinds: readonly Kind[] = [
  {
    name: 'ping',
    inPre: true,
    definition: ({ name }) => ({
      auth: 'ANONYMOUS',
      request: { method: 'GET', path: '/ping' },
      backend: { type: 'MOCK', statusCode: 200, headers: [{ name: 'X-Kind', value: 'mock' }], body: `pong of ${name}` },
    }),
    samples: (group) => [
      {
        target: under(group, '/ping?x=1'),
        gets: { status: 200, body: `pong of ${group.name}`, headers: { 'x-kind': 'mock' } },
      },
      { target: under(group, '/ping'), method: 'POST', gets: refused(404, 'I404NF') },
    ],
  },
  {
    name: 'plain',
    definition: () => ({ auth: 'ANONYMOUS', request: { method: 'GET', path: '/plain' }, backend: http('/plain') }),
    samples: (group) => [
      {
        target: under(group, '/plain?undeclared=1'),
        headers: { 'X-Undeclared': '1', 'User-Agent': 'old-client/1' },
        gets: reached({ backend: 'blue', line: 'GET /plain', headers: { 'user-agent': 'old-client/1' } }),
      },
    ],
  },
  {
    name: 'typed',
    definition: () => ({
      auth: 'ANONYMOUS',
      request: { method: 'GET', path: '/typed' },
      parameters: [
        { name: 'size', in: 'query', type: 'Int', minimum: 1, maximum: 100, default: '10', backend: to('query', 'limit') },
        { name: 'color', in: 'query', enum: ['red', 'green'], required: true, backend: to('header', 'X-Color') },
        { name: 'X-Code', in: 'header', pattern: '[A-Z]{3}-\\d+', backend: to('query', 'code') },
        { name: 'tag', in: 'query', type: 'Array', items: 'Int', backend: to('query', 'tag') },
        { name: 'filter', in: 'query', jsonSchema: '{"type":"object","required":["a"]}', backend: to('query', 'filter') },
      ],
      backend: http('/typed'),
    }),
    samples: (group) => [
      {
        target: under(group, `/typed?color=green&tag=1&tag=2&filter=${encodeURIComponent('{"a":1}')}`),
        headers: { 'X-Code': 'ABC-7' },
        gets: reached({
          query: { limit: '10', code: 'ABC-7', tag: '1, 2', filter: '{"a":1}' },
          headers: { 'x-color': 'green' },
        }),
      },
      { target: under(group, '/typed?size=3'), gets: refused(400, 'I400MP') },
      { target: under(group, '/typed?color=blue'), gets: refused(400, 'I400IP') },
      { target: under(group, '/typed?color=red&size=101'), gets: refused(400, 'I400IP') },
      { target: under(group, '/typed?color=red&filter=%7B%7D'), gets: refused(400, 'I400IP') },
    ],
  },
  {
    name: 'partsOf',
    definition: () => ({
      auth: 'ANONYMOUS',
      request: { method: 'GET', path: '/items/[id]/parts/[part]' },
      parameters: [
        { name: 'id', in: 'path', type: 'Long', backend: to('path', 'id') },
        { name: 'part', in: 'path', backend: to('query', 'name') },
      ],
      backend: http('/things/[id]'),
    }),
    samples: (group) => [
      { target: under(group, '/items/7/parts/a%20b'), gets: reached({ line: 'GET /things/7?name=a%20b' }) },
      { target: under(group, '/items/seven/parts/a'), gets: refused(400, 'I400IP') },
    ],
  },
  {
    name: 'form',
    definition: () => ({
      auth: 'ANONYMOUS',
      request: { method: 'POST', path: '/form', bodyFormat: 'FORM' },
      parameters: [
        { name: 'name', in: 'form', maxLength: 10, backend: to('form', 'who') },
        { name: 'note', in: 'form', backend: to('query', 'note') },
      ],
      backend: http('/form', 'POST'),
    }),
    samples: (group) => [
      {
        target: under(group, '/form'),
        method: 'POST',
        headers: FORM,
        body: 'name=Ann+B&note=x&other=1',
        gets: reached({ line: 'POST /form?note=x', body: 'who=Ann+B' }),
      },
      { target: under(group, '/form'), method: 'POST', body: '{}', gets: refused(400, 'I400CT') },
    ],
  },
  {
    name: 'passthrough',
    definition: () => ({
      auth: 'ANONYMOUS',
      request: { method: 'ANY', path: '/raw/*', mode: 'PASSTHROUGH' },
      backend: http('/any/*'),
    }),
    samples: (group) => [
      {
        target: under(group, '/raw/a/b?x=1&&y'),
        method: 'PUT',
        headers: { 'X-Free': 'kept', 'X-Ca-Free': 'dropped' },
        body: 'as it came',
        gets: reached({ line: 'PUT /any/a/b?x=1&&y', headers: { 'x-free': 'kept' }, body: 'as it came' }),
      },
    ],
  },
  {
    name: 'mixed',
    definition: () => ({
      auth: 'ANONYMOUS',
      request: { method: 'GET', path: '/mixed', mode: 'MAPPING_PASSTHROUGH' },
      parameters: [{ name: 'q', in: 'query', backend: to('query', 'question') }],
      backend: http('/mixed'),
    }),
    samples: (group) => [
      {
        target: under(group, '/mixed?q=1&other=2'),
        headers: { 'X-Free': 'kept' },
        gets: reached({ query: { question: '1', other: '2' }, headers: { 'x-free': 'kept' } }),
      },
    ],
  },
  {
    name: 'staged',
    inPre: true,
    definition: () => ({
      auth: 'ANONYMOUS',
      request: { method: 'GET', path: '/staged' },
      constants: [{ name: 'X-Env', in: 'header', value: 'is #Env#' }],
      backend: { type: 'HTTP', address: 'http://#Host#:#Port#', path: '/#Env#/staged' },
    }),
    samples: (group) => {
      const target = under(group, '/staged');
      const live = { backend: 'blue', line: 'GET /live/staged', headers: { 'x-env': 'is live' } };
      const next = { backend: 'green', line: 'GET /next/staged', headers: { 'x-env': 'is next' } };
      const bound = group.domains.find(({ stage }) => stage === 'PRE')?.domain;
      return [
        { target, gets: reached(live) },
        { target, headers: { 'X-Ca-Stage': 'PRE' }, gets: reached(next) },
        { target, headers: { 'X-Ca-Stage': 'TEST' }, gets: refused(404, 'I404NF') },
        ...(bound === undefined ? [] : [{ target, host: bound, headers: { 'X-Ca-Stage': 'RELEASE' }, gets: reached(next) }]),
      ];
    },
  },
  {
    name: 'vpcs',
    definition: (group) => ({
      auth: 'ANONYMOUS',
      request: { method: 'GET', path: '/vpc' },
      backend: { type: 'HTTP-VPC', vpcAccessName: accessOf(group).name, path: '/inside' },
    }),
    samples: (group) => {
      const { backend, hostHeader } = accessOf(group);
      return [{ target: under(group, '/vpc'), gets: reached({ backend, line: 'GET /inside', headers: { host: hostHeader } }) }];
    },
  },
  {
    name: 'upload',
    definition: () => ({
      auth: 'ANONYMOUS',
      request: { method: 'PUT', path: '/upload/[name]', bodyFormat: 'STREAM', maxBodyBytes: 1000 },
      backend: { ...http('/files/[name]', 'POST'), contentType: { category: 'CUSTOM', value: 'application/vnd.old+json' } },
    }),
    samples: (group) => [
      {
        target: under(group, '/upload/a.json'),
        method: 'PUT',
        body: '{"a":1}',
        gets: reached({ line: 'POST /files/a.json', headers: { 'content-type': 'application/vnd.old+json' }, body: '{"a":1}' }),
      },
      { target: under(group, '/upload/a.json'), method: 'PUT', body: 'x'.repeat(1001), gets: refused(413, 'I413RL') },
    ],
  },
];

function to(place: string, name: string) {
  return { in: place, name };
}
