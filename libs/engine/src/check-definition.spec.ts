/** Rules of a definition that join several fields: each with the path of the field that breaks it. */

import { describe, expect, it } from '@jest/globals';
import { checkDefinition } from './check-definition.js';
import { defineApi } from './testing/make-program.js';

const http = { type: 'HTTP', address: 'http://a.b' };
const parameter = (changed: object = {}) => ({ name: 'p', in: 'query', backend: { name: 'p', in: 'query' }, ...changed });

function problems({
  request = {},
  backend = http,
  parameters = [],
  constants = [],
  system = [],
}: {
  request?: object;
  backend?: object | null;
  parameters?: object[];
  constants?: object[];
  system?: object[];
}) {
  const own = { request: { method: 'GET', path: '/a/[id]', ...request }, parameters, constants, system };
  const definition = { ...own, ...(backend && { backend }) };
  return checkDefinition(defineApi(definition)).map(({ path, message }) => `${path} ${message}`);
}

describe('a definition', () => {
  it('without complaints has none', () => {
    expect(
      problems({ backend: { ...http, path: '/b/[id]' }, parameters: [parameter(), parameter({ name: 'id', in: 'path' })] }),
    ).toEqual([]);
    expect(problems({ backend: null })).toEqual([]);
    expect(problems({ backend: { type: 'MOCK' } })).toEqual([]);
  });

  it('takes constants and system parameters wherever one may stand', () => {
    const backend = { ...http, path: '/b/[id]/[k]/[s]' };
    const constants = ['header', 'query', 'path', 'form'].map((place) => ({ name: 'k', in: place, value: '#V#' }));
    const system = ['header', 'query', 'path', 'form'].map((place) => ({ name: 's', in: place, parameter: 'CaStage' }));
    expect(problems({ request: { method: 'POST' }, backend, constants, system })).toEqual([]);
  });

  it('with an access that is not there is none of its concern: it may come', () => {
    expect(problems({ backend: { type: 'HTTP-VPC', vpcAccessName: 'none', path: '/b/[id]' } })).toEqual([]);
  });

  it('takes brackets in an escaped path as text', () => {
    const escaped = { path: '/a/[id]/[x y', escapePath: true };
    expect(problems({ request: { ...escaped, path: '/a/[id]/[x' } })).toEqual([]);
    expect(problems({ request: escaped })).toEqual([expect.stringMatching(/^request\.path must hold/)]);
    expect(problems({ request: { ...escaped, path: '/[id]' }, parameters: [parameter({ name: 'id', in: 'path' })] })).toEqual([
      'parameters[0].name has no placeholder [id] in request.path',
    ]);
  });

  it('has patterns of bounded size, all together', () => {
    const large = (n: number) => parameter({ name: `p${n}`, pattern: '.{1,1000}' });
    expect(problems({ parameters: [0, 1, 2, 3].map(large) })).toEqual([]);
    expect(problems({ parameters: [0, 1, 2, 3, 4, 5, 6].map(large) })).toEqual([
      expect.stringMatching(/^parameters\[4\]\.pattern is too large: with those before it/),
    ]);
  });

  it.each([
    ['a request path', { request: { path: '/a*' } }, /^request\.path has a segment/],
    ['a backend path', { backend: { ...http, path: '/[no]' } }, /^backend\.path path placeholder \[no\]/],
    ['a star without one to fill it', { backend: { ...http, path: '/*' } }, /^backend\.path path ends in \*/],
    ['an address', { backend: { ...http, address: 'a b' } }, /^backend\.address address must be/],
    [
      'no value with CUSTOM',
      { backend: { ...http, contentType: { category: 'CUSTOM' } } },
      /^backend\.contentType\.value is required/,
    ],
    ['a name twice', { parameters: [parameter(), parameter()] }, /^parameters\[1\]\.name "p" stands twice/],
    ['a system name', { parameters: [parameter({ name: 'CaStage' })] }, /^parameters\[0\]\.name is the name of a system/],
    ['a header of ours', { parameters: [parameter({ name: 'x-CA-a', in: 'header' })] }, /^parameters\[0\]\.name may not start/],
    ['a path name without placeholder', { parameters: [parameter({ in: 'path' })] }, /^parameters\[0\]\.name has no placeholder/],
    [
      'a default that fails',
      { parameters: [parameter({ type: 'Int', default: 'x' })] },
      /^parameters\[0\]\.default must be a whole/,
    ],
    [
      'a list that fails',
      { parameters: [parameter({ type: 'Int', enum: ['1', 'x'] })] },
      /^parameters\[0\]\.enum must be a whole/,
    ],
    [
      'a default not in the list',
      { parameters: [parameter({ enum: ['a'], default: 'b' })] },
      /^parameters\[0\]\.default is not one/,
    ],
    [
      'a default that is a dot segment',
      { parameters: [parameter({ default: '..', backend: { name: 'p', in: 'path' } })] },
      /^parameters\[0\]\.default may not be a dot/,
    ],
    [
      'anything but the path in PASSTHROUGH',
      { request: { mode: 'PASSTHROUGH' }, parameters: [parameter()] },
      /^parameters\[0\]\.in must/,
    ],
    [
      'a form with format STREAM',
      { request: { bodyFormat: 'STREAM' }, parameters: [parameter({ in: 'form' })] },
      /^parameters\[0\]\.in may not read or write form/,
    ],
    [
      'a form for GET',
      { backend: { ...http, method: 'GET' }, parameters: [parameter({ backend: { name: 'p', in: 'form' } })] },
      /^parameters\[0\]\.backend\.in may not be form/,
    ],
    ['a pattern with look-around', { parameters: [parameter({ pattern: 'a(?=b)' })] }, /^parameters\[0\]\.pattern is no expr/],
    ['a schema that is none', { parameters: [parameter({ jsonSchema: '{"type":1}' })] }, /^parameters\[0\]\.jsonSchema #\/type/],
    [
      'a default that does not match',
      { parameters: [parameter({ pattern: '[0-9]+', default: 'x' })] },
      /^parameters\[0\]\.default does not match/,
    ],
    [
      'a pattern for numbers',
      { parameters: [parameter({ type: 'Int', pattern: '1' })] },
      /^parameters\[0\]\.pattern does nothing/,
    ],
    ['a limit for text', { parameters: [parameter({ minimum: 1 })] }, /^parameters\[0\]\.minimum does nothing/],
    [
      'a list for Boolean',
      { parameters: [parameter({ type: 'Boolean', enum: ['true'] })] },
      /^parameters\[0\]\.enum does nothing/,
    ],
    [
      'limits crossed',
      { parameters: [parameter({ type: 'Int', minimum: 2, maximum: 1 })] },
      /^parameters\[0\]\.maximum is below/,
    ],
    ['lengths crossed', { parameters: [parameter({ minLength: 2, maxLength: 1 })] }, /^parameters\[0\]\.maxLength is below/],
    ['items of no Array', { parameters: [parameter({ items: 'Int' })] }, /^parameters\[0\]\.items is for type Array/],
    [
      'an Array from the path',
      { parameters: [parameter({ name: 'id', in: 'path', type: 'Array' })] },
      /^parameters\[0\]\.type may not be Array/,
    ],
    [
      'an Array into the path',
      { parameters: [parameter({ type: 'Array', backend: { name: 'p', in: 'path' } })] },
      /^parameters\[0\]\.backend\.in may not be path/,
    ],
    [
      'an Array of which an item fails',
      { parameters: [parameter({ type: 'Array', items: 'Int', default: 'x' })] },
      /default must be/,
    ],
    [
      'a constant in the form of a GET',
      { backend: { ...http, method: 'GET' }, constants: [{ name: 'k', in: 'form', value: '' }] },
      /^constants\[0\]\.in may not be form/,
    ],
    [
      'a system parameter in the form with format STREAM',
      { request: { bodyFormat: 'STREAM' }, system: [{ name: 'k', in: 'form', parameter: 'CaStage' }] },
      /^system\[0\]\.in may not be form/,
    ],
    [
      'a constant and a system parameter in one place',
      { constants: [{ name: 'X-K', in: 'header', value: '' }], system: [{ name: 'x-k', in: 'header', parameter: 'CaStage' }] },
      /^system\[0\]\.name "x-k" stands twice/,
    ],
    [
      'a constant that is a dot segment',
      { constants: [{ name: 'k', in: 'path', value: '..' }] },
      /^constants\[0\]\.value may not be a dot segment/,
    ],
  ])('with %s is refused', (_, made, complaint) => {
    expect(problems(made)).toEqual([expect.stringMatching(complaint)]);
  });

  it.each([
    'Connection',
    'keep-alive',
    'TE',
    'trailer',
    'Upgrade',
    'Expect',
    'Transfer-Encoding',
    'Content-Length',
    'Host',
    'Via',
    'X-Forwarded-For',
    'x-forwarded-host',
    'X-Client-S-Dn',
    'X-Ca-Stage',
    'Proxy-Authorization',
    'a b',
    'é',
  ])('may not write the header %s', (name) => {
    expect(problems({ parameters: [parameter({ backend: { name, in: 'header' } })] })).toEqual([
      expect.stringMatching(/^parameters\[0\]\.backend\.name must be a header name/),
    ]);
    const fixed = { request: { method: 'GET', path: '/' }, constants: [{ name, in: 'header', value: '1' }] };
    expect(() => defineApi(fixed)).toThrow();
  });

  it('hears every complaint at once', () => {
    expect(
      problems({ backend: { ...http, path: '/[no]' }, parameters: [parameter(), parameter({ type: 'Int', default: '' })] }),
    ).toHaveLength(3);
  });
});
