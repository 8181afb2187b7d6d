/** System parameters in the forms of conditions, section 3. */

import { SYSTEM_PARAMETERS } from '@causeway/contract';
import { expect, it } from '@jest/globals';
import { makeExchange } from '../testing/make-exchange.js';
import { systemValue } from './system-value.js';

const all = (x: ReturnType<typeof makeExchange>) =>
  Object.fromEntries(SYSTEM_PARAMETERS.map((name) => [name, systemValue(x, name)]));

it('every one has its value when all is known', () => {
  const x = makeExchange('/', { headers: ['User-Agent', 'caf\u00c3\u00a9'] });
  x.caller = { appId: '7', appName: 'app', accountId: 'acc', key: 'K', extend: 'more' };
  expect(all(x)).toEqual({
    CaClientIp: '192.0.2.1',
    CaDomain: 'api.example.com',
    CaRequestHandleTime: '2023-11-14T22:13:20Z',
    CaAppId: '7',
    CaAppKey: 'K',
    CaAppExtendInfo: 'more',
    CaRequestId: 'REQUEST-ID',
    CaHttpSchema: 'HTTP',
    CaHttpScheme: 'HTTP',
    CaProxy: 'AliCloudApiGateway',
    CaApiName: 'some_api',
    CaClientUa: 'café',
    CaStage: 'RELEASE',
    CaInstanceId: 'i1',
    CaSourceVpcId: null,
    CaCloudMarketInstanceId: null,
  });
});

it('those of an app are missing without one, and an empty extension is none', () => {
  const x = makeExchange('/');
  expect(all(x)).toMatchObject({ CaAppId: null, CaAppKey: null, CaAppExtendInfo: null, CaClientUa: null });
  x.caller = { appId: '7', appName: 'app', accountId: 'acc', key: 'K', extend: '' };
  expect(systemValue(x, 'CaAppExtendInfo')).toBeNull();
});

it('the scheme is that of the first hop, where a gateway vouches for it', () => {
  const x = makeExchange('/', { headers: ['X-Forwarded-Proto', 'https'] });
  expect(systemValue(x, 'CaHttpSchema')).toBe('HTTP');
  x.trusted = true;
  expect(systemValue(x, 'CaHttpSchema')).toBe('HTTPS');
});

it('a name that is none has no value', () => {
  for (const name of ['castage', 'CaNothing', 'constructor', '']) expect(systemValue(makeExchange('/'), name)).toBeNull();
});
