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
}: {
  request?: object;
  backend?: object | null;
  parameters?: object[];
}) {
  const definition = { request: { method: 'GET', path: '/a/[id]', ...request }, parameters, ...(backend && { backend }) };
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
