/** A chunk is checked where it is written: every complaint names its resource. */

import { describe, expect, it } from '@jest/globals';
import { checkChunk } from './check-chunk.js';
import { apisChunk, deps, groupChunk, instanceChunk, pluginChunk } from './testing/make-program.js';

const PLUGIN = 'f'.repeat(32);

describe('a chunk', () => {
  it('without complaints has none', () => {
    const signer = pluginChunk(PLUGIN, 'backendSignature', { type: 'APIGW_FRONTEND', key: 'K', secret: 'v1.S' });
    for (const chunk of [instanceChunk(), groupChunk(), apisChunk([{ path: '/a' }]), signer])
      expect(checkChunk(chunk, deps)).toEqual([]);
  });

  it('of APIs names the API and the field', () => {
    const chunk = apisChunk([{ path: '/a' }, { path: '/b*' }]);
    expect(checkChunk(chunk, deps)).toMatchObject([{ resource: 'api:00000000000000000000000000000002', path: 'request.path' }]);
  });

  it('of a plugin names the plugin and the field', () => {
    const chunk = pluginChunk(PLUGIN, 'routing', { routes: [{ name: 'r', condition: '$a =', backend: {} }] });
    expect(checkChunk(chunk, deps)).toMatchObject([{ resource: `plugin:${PLUGIN}`, path: 'routes[0].condition' }]);
  });

  it('whose secret cannot be opened says so, and says nothing of the secret', () => {
    const chunk = pluginChunk(PLUGIN, 'backendSignature', { type: 'APIGW_FRONTEND', key: 'K', secret: 'v1.closed' });
    expect(checkChunk(chunk, deps)).toEqual([
      { resource: `plugin:${PLUGIN}`, path: 'secret', message: 'cannot be opened with the keys at hand' },
    ]);
  });

  it('of a certificate whose key cannot be opened says so', () => {
    const id = 'c'.repeat(32);
    const chunk = (privateKey: string) =>
      ({ kind: 'certificate', id, certificate: 'PEM', privateKey, clientCa: null, passClientSubject: false }) as const;
    expect(checkChunk(chunk('v1.open'), deps)).toEqual([]);
    expect(checkChunk(chunk('v1.closed'), deps)).toEqual([
      { resource: `certificate:${id}`, path: 'privateKey', message: 'cannot be opened with the keys at hand' },
    ]);
  });
});
