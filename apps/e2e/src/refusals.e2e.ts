/** What a caller is told when a call cannot be made: status, code, and nothing that helps an attacker. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from './harness/free-port.js';
import { type Gateway, startGateway } from './harness/gateway.js';
import { type Sent, send, verdict } from './harness/http-client.js';
import { createScenario, GROUP_1, type Scenario } from './harness/scenario.js';
import { signGet } from './harness/sign.js';

let gateway: Gateway;
let scenario: Scenario;
let port: number;
let internalDomain: string;

beforeAll(async () => {
  gateway = await startGateway();
  port = (await gateway.startDataPlane()).publicPort;
  scenario = await createScenario(gateway);
  internalDomain = scenario.host.replace('-local.', '-local-intranet.');
  const { management } = gateway;
  await management.call('POST /apps', { name: 'stranger', key: 'STRANGER', secret: 'STRANGERSECRET' });
  await management.publish(GROUP_1, {
    name: 'down',
    auth: 'ANONYMOUS',
    request: { protocols: ['HTTP'], method: 'GET', path: '/down' },
    backend: { type: 'HTTP', address: `http://127.0.0.1:${await freePort()}`, path: '/', method: 'GET' },
  });
  const loop = await management.publish(GROUP_1, {
    name: 'loop',
    auth: 'ANONYMOUS',
    request: { protocols: ['HTTP'], method: 'GET', path: '/loop', mode: 'PASSTHROUGH' },
  });
  await management.bind(
    'routing',
    {
      parameters: { again: 'Query:again' },
      routes: [{ name: 'again', condition: "$again = 'yes'", backend: { type: 'HTTP', address: internalDomain, path: '/loop' } }],
    },
    [loop],
  );
}, 90_000);
afterAll(() => gateway?.stop(), 60_000);

describe('a refusal', () => {
  it.each([
    ['no credentials on a signed API', '/business1', '400 A400MA'],
    ['no route and no backend of its own', '/distributeAPI?target=none', '504 I504RB'],
    ['a backend that is down', '/down', '504 D504CO'],
    ['a loop', '/loop?again=yes', '508 I508LD'],
    ['a path that is no API', '/nothing', '404 I404NF'],
  ])('for %s', async (_what, target, expected) => {
    const answer = await send(port, scenario.host, target);
    expect(verdict(answer)).toBe(expected);
    expect(answer.body).toBe('');
    expect(answer.headers['x-ca-request-id']).toMatch(/^[0-9A-F-]{36}$/);
  });

  it('for a wrong signature shows the string that the gateway signed', async () => {
    const { headers, stringToSign } = signGet('/business1?a=1', 'TESTKEY', 'WRONG');
    const answer = await send(port, scenario.host, '/business1?a=1', { headers });
    expect(verdict(answer)).toBe('403 A403IS');
    expect(answer.headers['x-ca-error-message']).toBe(
      `Invalid Signature, Server StringToSign:\`${stringToSign.replaceAll('\n', '#')}\``,
    );
  });

  it('for an app without a grant', async () => {
    const { headers } = signGet('/business1', 'STRANGER', 'STRANGERSECRET');
    expect(verdict(await send(port, scenario.host, '/business1', { headers }))).toBe('403 I403AA');
  });

  it('is none for the right signature of an app with a grant', async () => {
    const { headers } = signGet('/business1', 'TESTKEY', 'TESTSECRET');
    expect(await send(port, scenario.host, '/business1', { headers })).toMatchObject({ status: 200, body: 'one' });
  });
});

describe('an internal domain on the public listener', () => {
  it.each<[string, () => [host: string, target: string, headers: Record<string, string>]]>([
    ['by Host', () => [internalDomain, '/business1', {}]],
    ['by Host in capitals, with a dot and a port', () => [`${internalDomain.toUpperCase()}.:80`, '/business1', {}]],
    ['by an absolute target', () => [scenario.host, `http://${internalDomain}/business1`, {}]],
    ['by X-Forwarded-Host', () => ['unknown.test', '/business1', { 'X-Forwarded-Host': internalDomain }]],
    ['by Forwarded', () => ['unknown.test', '/business1', { Forwarded: `host=${internalDomain}` }]],
  ])('is not there %s, even for a good signature', async (_how, request) => {
    const [host, target, headers] = request();
    const signed = signGet('/business1', 'TESTKEY', 'TESTSECRET').headers;
    const answer = await send(port, host, target, { headers: { ...signed, ...headers } });
    expect(verdict(answer)).toBe('404 I404DO');
    // The answer names the host that was asked for, and nothing tells a group's domain from one that nobody has.
    const unknown = await send(port, internalDomain.replace(GROUP_1, 'f'.repeat(32)), '/business1', { headers: signed });
    expect(messageWithoutHost(answer)).toBe(messageWithoutHost(unknown));
  });
});

function messageWithoutHost({ headers }: Sent): string {
  return `${headers['x-ca-error-message']}`.replace(/`.*`/, '`host`');
}
