import { ApiDefinition } from '@causeway/contract';
import { expect, it } from '@jest/globals';
import { callsItself } from './calls-itself.js';

const ID = 'a'.repeat(32);
const GROUP = { id: ID, basePath: '/v1', region: 'local' };
const HOST = `${ID}-local-intranet.apigw.localhost`;

function draft(request: object, backend: object) {
  const full = { type: 'HTTP', address: HOST, ...backend };
  return ApiDefinition.parse({ name: 'self', request: { method: 'GET', path: '/a', ...request }, backend: full });
}

it.each([
  ['its own path', {}, { path: '/v1/a' }, true],
  ['its own path with a value in it', { path: '/a/[x]' }, { path: '/v1/a/[x]' }, true],
  ['any method, whichever came', { method: 'ANY' }, { path: '/v1/a' }, true],
  ['a path without the base path', {}, { path: '/a' }, false],
  ['another path', {}, { path: '/v1/b' }, false],
  ['another method', {}, { path: '/v1/a', method: 'POST' }, false],
  ['one of its methods', { method: 'GET' }, { path: '/v1/a', method: 'GET' }, true],
  ['another group', {}, { path: '/v1/a', address: `${'b'.repeat(32)}-local-intranet.apigw.localhost` }, false],
  ['another region', {}, { path: '/v1/a', address: `${ID}-elsewhere-intranet.apigw.localhost` }, false],
])('a draft that calls %s', (_, request, backend, expected) => {
  expect(callsItself(draft(request, backend), GROUP, 'apigw.localhost')).toBe(expected);
});
