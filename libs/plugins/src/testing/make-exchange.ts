/** Requests for specs. */
import { Readable } from 'node:stream';
import { Exchange, type RouteFacts } from '../kit/exchange.js';
import { Head } from '../kit/head.js';
import type { CompileContext } from '../kit/plugin.js';
import { NO_SERVICES } from '../kit/services.js';

export const NOW_MS = 1_700_000_000_000;

export const FACTS: RouteFacts = {
  apiId: 'a'.repeat(32),
  apiName: 'some_api',
  groupId: 'b'.repeat(32),
  groupName: 'some_group',
  stage: 'RELEASE',
  instanceId: 'i1',
  proxyName: 'AliCloudApiGateway',
};

/** As a listener hands it on, with the route found. */
export function makeExchange(
  target: string,
  made: { method?: string; headers?: readonly string[]; body?: string | Buffer; form?: string } = {},
): Exchange {
  const { method = 'GET', headers = [], form, body = form } = made;
  const buffered = body === undefined ? null : Buffer.from(body);
  const requestBody = buffered && { stream: Readable.from([buffered]), length: buffered.length, buffered, contentMd5: null };
  const head = new Head(headers);
  const x = new Exchange('public', method, target, head, 'api.example.com', '192.0.2.1', 'http', requestBody, NOW_MS, 0, null);
  x.initialRequestId = 'REQUEST-ID';
  x.route = FACTS;
  x.form = form ?? null;
  return x;
}

/** The backend of a route is its overlay, unless that says it is incomplete. */
export function compileContext(changed: Partial<CompileContext> = {}): CompileContext {
  return {
    pluginId: 'c'.repeat(32),
    pluginName: 'some_plugin',
    api: FACTS,
    version: '20260101000000000',
    publicHost: 'group.gw.test',
    apiParameters: [],
    parameterPlace: () => null,
    pathPlaceholders: [],
    backend: (overlay) => (overlay.address === 'incomplete' ? { incomplete: 'no address' } : { backend: overlay }),
    dataset: () => null,
    services: NO_SERVICES,
    now: () => NOW_MS,
    random: () => 0.5,
    ...changed,
  };
}
