/** What an API calls is read from its backend and from the plugins that divert its requests. */

import { ApiDefinition } from '@causeway/contract';
import { checkPlugin, findPlugin } from '@causeway/plugins';
import { describe, expect, it } from '@jest/globals';
import { internalCalls } from './internal-calls.js';

const GROUP = 'a'.repeat(32);
const INTERNAL = `${GROUP}-local-intranet.apigw.localhost`;

function calls({
  path = '/in/[id]',
  backend = undefined as unknown,
  parameters = [] as unknown[],
  constants = [] as unknown[],
  system = [] as unknown[],
  routes = null as unknown,
} = {}) {
  const request = { method: 'GET', path };
  const definition = ApiDefinition.parse({
    name: 'caller',
    request,
    parameters,
    constants,
    system,
    ...(backend !== undefined && { backend }),
  });
  return internalCalls(definition, routes === null ? [] : [{ id: 'p', diversions: divert(routes) }], surroundings);
}

function divert(routes: unknown) {
  const { config } = checkPlugin('routing', { routes });
  return config === null ? null : (findPlugin('routing')?.diversions?.(config) ?? []);
}

const surroundings = {
  suffix: 'apigw.localhost',
  vpcAccesses: new Map([['up', { name: 'up', address: `${INTERNAL}:80`, hostHeader: null }]]),
};
const own = { type: 'HTTP', address: INTERNAL, path: '/x', method: 'POST' };
const outside = { type: 'HTTP', address: 'http://backend.example.com' };
const route = (condition: string, backend: object, more: object = {}) => ({ name: 'r', condition, backend, ...more });

describe('an API without plugins', () => {
  it('calls its own backend when that is an internal domain', () => {
    expect(calls({ backend: { ...own, address: `https://${INTERNAL.toUpperCase()}:8443` } })).toEqual({
      calls: [
        { groupId: GROUP, host: INTERNAL, stage: 'RELEASE', method: 'POST', path: [{ kind: 'literal', text: 'x' }], from: null },
      ],
      mayEnd: false,
    });
  });

  it.each([
    ['outside', outside],
    ['a mock', { type: 'MOCK' }],
    ['absent', undefined],
    ['another deployment', { ...own, address: `${GROUP}-local-intranet.example.com` }],
  ])('ends at a backend that is %s', (_, backend) => {
    expect(calls({ backend })).toEqual({ calls: [], mayEnd: true });
  });

  it('fills its path with values that may be empty unless they come from the path', () => {
    const parameters = [
      { name: 'id', in: 'path', backend: { name: 'key', in: 'path' } },
      { name: 'q', in: 'query', backend: { name: 'q', in: 'path' } },
    ];
    const made = calls({ parameters, backend: { ...own, path: '/x/[key]/[q]' } });
    expect(made.calls[0]?.path.slice(1)).toEqual([
      { kind: 'value', mayBeEmpty: false },
      { kind: 'value', mayBeEmpty: true },
    ]);
  });

  it('calls a named upstream that is an internal domain, by its own backend or by a route', () => {
    const up = { type: 'HTTP-VPC', vpcAccessName: 'up', path: '/x', method: 'POST' };
    const call = { groupId: GROUP, host: INTERNAL, method: 'POST', path: [{ kind: 'literal', text: 'x' }] };
    expect(calls({ backend: up })).toMatchObject({ calls: [call], mayEnd: false });
    const { type, vpcAccessName, path, method } = up;
    const diverted = calls({ backend: outside, routes: [route('1 = 1', { type, vpcAccessName, path, method })] });
    expect(diverted).toMatchObject({
      calls: [{ ...call, from: { pluginId: 'p', path: 'routes[0].backend.vpcAccessName' } }],
      mayEnd: false,
    });
  });

  it('ends at a named upstream that is not there', () => {
    expect(calls({ backend: { type: 'HTTP-VPC', vpcAccessName: 'none' } })).toEqual({ calls: [], mayEnd: true });
  });

  it('ends where a variable of its stage has no value', () => {
    expect(calls({ backend: { ...own, address: '#Host#' } })).toEqual({ calls: [], mayEnd: true });
  });

  it('knows what a constant puts into its path, and of a system parameter that it is something', () => {
    const constants = [{ name: 'k', in: 'path', value: 'a/b' }];
    const system = [{ name: 's', in: 'path', parameter: 'CaStage' }];
    expect(calls({ backend: { ...own, path: '/[k]/[s]' }, constants, system }).calls[0]?.path).toEqual([
      { kind: 'literal', text: 'a/b' },
      { kind: 'value', mayBeEmpty: true },
    ]);
  });

  it('keeps the method of the request when its backend names none', () => {
    expect(calls({ backend: { ...own, method: 'ANY' } }).calls[0]?.method).toBe(null);
  });
});

describe('a routing plugin', () => {
  const from = (index: number) => ({ pluginId: 'p', path: `routes[${index}].backend.address` });

  it('adds its routes to the own backend while a request may pass them', () => {
    const made = calls({ backend: outside, routes: [route("$a = 'x'", own)] });
    expect(made).toMatchObject({ calls: [{ from: from(0), method: 'POST' }], mayEnd: true });
  });

  it('takes the place of the own backend when a route always holds', () => {
    expect(calls({ backend: outside, routes: [route('1 = 1', own)] })).toMatchObject({
      calls: [{ from: from(0) }],
      mayEnd: false,
    });
  });

  it('is passed by when no route can hold', () => {
    expect(calls({ backend: outside, routes: [route('1 = 2', own)] })).toEqual({ calls: [], mayEnd: true });
    expect(calls({ backend: own, routes: [route("false = true and $a = 'x'", outside)] })).toMatchObject({
      calls: [{ from: null }],
      mayEnd: false,
    });
  });

  it('never comes to a route behind one that always holds', () => {
    const routes = [
      { ...route("$a = 'x'", outside), name: 'r1' },
      { ...route("1 = 1 or $a = 'y'", own), name: 'r2' },
      { ...route("$a = 'z'", outside), name: 'r3' },
    ];
    expect(calls({ routes })).toMatchObject({ calls: [{ from: from(1) }], mayEnd: true });
  });

  it('lays its fields over the own backend', () => {
    const made = calls({ backend: own, routes: [route("$a = 'x'", { path: '/y', method: 'GET' })] });
    expect(made.calls.map(({ method, path }) => [method, path])).toEqual([
      ['GET', [{ kind: 'literal', text: 'y' }]],
      ['POST', [{ kind: 'literal', text: 'x' }]],
    ]);
  });

  it('may ask for another stage of the callee', () => {
    const more = { 'constant-parameters': [{ name: 'x-ca-stage', location: 'header', value: 'test' }] };
    expect(calls({ routes: [route('1 = 1', own, more)] }).calls[0]?.stage).toBe('TEST');
  });

  it('ends every request when it does not compile', () => {
    expect(calls({ backend: own, routes: [] })).toEqual({ calls: [], mayEnd: true });
  });
});
