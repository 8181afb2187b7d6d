/** Stage variables in the texts of a definition. */
import { ApiDefinition } from '@causeway/contract';
import { expect, test } from '@jest/globals';
import { checkDefinition, checkResolvedDefinition } from './check-definition.js';
import { variablesOf, withVariables } from './stage-variables.js';

const definition = ApiDefinition.parse({
  name: 'orders',
  request: { method: 'GET', path: '/orders/#Request#' },
  backend: { type: 'HTTP', address: 'http://#Host#:#Port#', path: '/#Env#/#Env#/[id]#' },
  constants: [
    { name: 'x-env', in: 'header', value: 'in #Env#, #env#' },
    { name: 'plain', in: 'query', value: '#1#, # and #a b#' },
  ],
});

test('variables are found in address, path and constants, each once a field, case and all', () => {
  expect(variablesOf(definition)).toEqual([
    { path: 'backend.path', name: 'Env' },
    { path: 'backend.address', name: 'Host' },
    { path: 'backend.address', name: 'Port' },
    { path: 'constants[0].value', name: 'Env' },
    { path: 'constants[0].value', name: 'env' },
  ]);
});

test('values stand where the variables stood, the request path and any other # stay', () => {
  const made = withVariables(definition, { Host: 'h.test', Port: '81', Env: '#Host#$&', env: '' });
  expect(made).toMatchObject({
    request: { path: '/orders/#Request#' },
    backend: { address: 'http://h.test:81', path: '/#Host#$&/#Host#$&/[id]#' },
    constants: [{ value: 'in #Host#$&, ' }, { value: '#1#, # and #a b#' }],
  });
});

test('all uses without a value are named, also of names that every object inherits', () => {
  const inherited = ApiDefinition.parse({
    name: 'orders',
    request: { method: 'GET', path: '/' },
    backend: { type: 'HTTP', address: '#constructor#', path: '/#a#' },
  });
  expect(withVariables(inherited, {})).toEqual({
    missing: [
      { path: 'backend.path', name: 'a' },
      { path: 'backend.address', name: 'constructor' },
    ],
  });
});

test('a definition without variables is the same object, and a mock has none', () => {
  const mock = ApiDefinition.parse({
    name: 'orders',
    request: { method: 'GET', path: '/' },
    backend: { type: 'MOCK', body: '#Env#' },
  });
  expect(withVariables(mock, {})).toBe(mock);
});

test('a draft is checked as if its variables stood for something good, a resolved definition as it is', () => {
  const { backend, ...rest } = definition;
  const draft = (change: object) =>
    ApiDefinition.parse({ ...rest, request: { method: 'GET', path: '/[id]' }, backend: { ...backend, ...change } });
  expect(checkDefinition(draft({ path: '/#Env#/[id]' }))).toEqual([]);
  expect(checkDefinition(draft({ address: '#Whole#', path: '/' }))).toEqual([]);
  expect(checkDefinition(draft({ path: '/#Env#/[other]' }))).toEqual([
    { path: 'backend.path', message: expect.stringContaining('[other]') },
  ]);
  expect(checkDefinition(draft({ address: 'http://#1#', path: '/' }))).toMatchObject([{ path: 'backend.address' }]);
  expect(checkResolvedDefinition(draft({ path: '/' }))).toMatchObject([{ path: 'backend.address' }]);
});
