/** Names that several groups and services share: base paths of one domain, a wildcard whose parts choose the backend. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Gateway, startGateway } from './harness/gateway.js';
import { type Sent, send, verdict } from './harness/http-client.js';
import { type RawBackend, startRawBackend } from './harness/raw-backend.js';

let gateway: Gateway;
let port: number;
let backends: RawBackend[];
const api = { site: '', orders: '', archive: '', services: '' };

beforeAll(async () => {
  gateway = await startGateway();
  backends = [await startRawBackend('blue'), await startRawBackend('everybody')];
  gateway.closeAtEnd(...backends);
  port = (await gateway.startDataPlane()).publicPort;
  for (const [name, basePath] of [
    ['site', '/'],
    ['orders', '/orders'],
    ['archive', '/orders/old'],
  ] as const) {
    const { id } = await call('POST /groups', { name, basePath });
    api[name] = await gateway.management.publish(id, definition(name, { type: 'MOCK', statusCode: 200, body: name }));
    await call(`POST /groups/${id}/domains`, { domain: 'www.shared.test' });
  }
  const services = (await call('POST /groups', { name: 'services' })).id;
  await call(`POST /groups/${services}/domains`, {
    domain: '*.svc.shared.test',
    patterns: ['{svc}.svc.shared.test', '{svc}.{zone}-zone.svc.shared.test'],
  });
  const address = (backend = backends[0]) => `http://127.0.0.1:${backend?.port}`;
  api.services = await gateway.management.publish(
    services,
    definition('services', { type: 'HTTP', address: address(backends[1]), path: '/' }),
  );
  await gateway.management.bind(
    'routing',
    {
      parameters: { svc: 'Host:svc', zone: 'Host:zone' },
      routes: [
        {
          name: 'blue',
          condition: "$svc = 'blue' and ($zone = null or $zone like 'eu%')",
          backend: { address: address(), path: '/blue' },
        },
      ],
    },
    [api.services],
  );
}, 90_000);
afterAll(() => gateway?.stop(), 60_000);

/** In force on the data plane when it resolves. */
function call(route: string, body: object): Promise<{ id: string }> {
  return gateway.management.call(`${route}?wait=applied`, body);
}

function definition(name: string, backend: object): Record<string, unknown> {
  return { name, auth: 'ANONYMOUS', request: { protocols: ['HTTP'], method: 'GET', path: '/*' }, backend };
}

const seen = (answer: Sent) => (answer.status === 200 ? answer.body : verdict(answer));

/** What the management API says that the request would get. */
async function explain(id: string | undefined, url: string): Promise<string> {
  const told = await gateway.management.call<{
    api: { name: string } | null;
    backend: { route: string | null } | null;
    refusal: { code: string } | null;
  }>(`POST /apis/${id}/explain`, { method: 'GET', url });
  return told.refusal?.code ?? told.backend?.route ?? told.api?.name ?? '';
}

describe('one domain', () => {
  it.each([
    ['/x', 'site'],
    ['/orders', 'orders'],
    ['/orders/7', 'orders'],
    ['/%6frders/7', 'orders'],
    ['/orders/old/7', 'archive'],
    ['/orders/older', 'orders'],
    ['/ordersx', 'site'],
  ])('leads for %s to %s, and is explained so', async (path, expected) => {
    expect(seen(await send(port, 'www.shared.test', path))).toBe(expected);
    const told = await explain(api.site, `http://www.shared.test${path}`);
    expect(expected.endsWith(told)).toBe(true);
  });
});

describe('a wildcard', () => {
  it.each([
    ['blue.svc.shared.test', 'blue'],
    ['blue.eu-zone.svc.shared.test', 'blue'],
    ['blue.us-zone.svc.shared.test', 'everybody'],
    ['red.svc.shared.test', 'everybody'],
    ['a.b.c.svc.shared.test', 'everybody'],
    ['svc.shared.test', '404 I404DO'],
  ])('leads for %s to %s, and is explained so', async (host, expected) => {
    expect(seen(await send(port, host, '/any'))).toBe(expected);
    const told = await explain(api.services, `http://${host}/any`);
    expect(told).toBe({ blue: 'blue', everybody: 'services' }[expected] ?? 'I404DO');
  });

  it('explains without asking a backend', async () => {
    const counts = () => backends.map(({ requests }) => requests.length);
    const before = counts();
    await explain(api.services, 'http://blue.svc.shared.test/any');
    expect(counts()).toEqual(before);
  });
});
