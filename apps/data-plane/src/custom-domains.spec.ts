/** Custom domains over the wire: what they lead to, and that no look-alike leads inside. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask, get } from './testing/client.js';
import { HOST, INTERNAL_HOST, REGION, SUFFIX } from './testing/snapshot.js';
import { type Plane, startPlane } from './testing/start-plane.js';
import { headerOf } from './testing/wire.js';

const domain = (name: string, more: { stage?: string; type?: 'intranet'; patterns?: string[] } = {}) => ({
  domain: name,
  type: more.type ?? ('internet' as const),
  stage: more.stage ?? null,
  patterns: more.patterns ?? [],
});
const mock = (body: string) => ({ type: 'MOCK' as const, statusCode: 200, body });

describe('a custom domain', () => {
  let plane: Plane;

  beforeAll(async () => {
    plane = await startPlane({
      program: {
        apis: [
          { backend: mock('release'), plugins: ['router'] },
          { backend: mock('test'), stage: 'TEST' },
        ],
        plugins: [
          {
            id: 'router',
            type: 'routing',
            config: {
              parameters: { svc: 'Host:svc' },
              routes: [{ name: 'blue', condition: "$svc = 'blue'", backend: { type: 'MOCK', body: 'blue' } }],
            },
          },
        ],
        group: {
          domains: [
            domain('shop.test'),
            domain('*.shop.test', { patterns: ['{svc}.shop.test'] }),
            domain('test.shop.test', { stage: 'TEST' }),
            domain('vpc.example', { type: 'intranet' }),
            // A control plane takes none of these; whoever gets them into a snapshot gets nothing.
            domain(INTERNAL_HOST),
            domain(`*.${SUFFIX}`),
            domain('*.test'),
          ],
        },
      },
    });
  });

  afterAll(() => plane.stop());

  it.each<[string, string, string[], string]>([
    ['its own name', 'shop.test', [], 'release'],
    ['letter case, a dot and a port', 'SHOP.Test.:8080', [], 'release'],
    ['a stage asked for', 'shop.test', ['X-Ca-Stage: Test'], 'test'],
    ['the stage of the domain, before the wildcard', 'test.shop.test', ['X-Ca-Stage: RELEASE'], 'test'],
    ['an unknown stage beside the stage of the domain', 'test.shop.test', ['X-Ca-Stage: nowhere'], 'test'],
    ['what the wildcard’s pattern captures', 'BLUE.shop.test', [], 'blue'],
    ['another capture', 'red.shop.test', [], 'release'],
    ['more labels than the pattern has', 'blue.blue.shop.test', [], 'release'],
  ])('is served by %s', async (_, host, lines, body) => {
    expect((await ask(plane.publicPort, get('/a', lines, host))).body).toBe(body);
  });

  it('is that of an absolute target, whatever Host says', async () => {
    const text = `GET http://test.shop.test:1/a HTTP/1.1\r\nHost: blue.shop.test\r\n\r\n`;
    expect((await ask(plane.publicPort, text)).body).toBe('test');
  });

  const other = `${'f'.repeat(32)}-${REGION}-intranet.${SUFFIX}`;
  it.each([
    ['Host', get('/a', [], INTERNAL_HOST)],
    ['Host with a port and a dot', get('/a', [], `${INTERNAL_HOST.toUpperCase()}.:80`)],
    ['the name of another group', get('/a', [], other)],
    ['a name under the suffix', get('/a', [], `x.${SUFFIX}`)],
    ['a name under the internal domain', get('/a', [], `x.${INTERNAL_HOST}`)],
    ['an absolute target', `GET http://${INTERNAL_HOST}/a HTTP/1.1\r\nHost: shop.test\r\n\r\n`],
    ['a domain of the VPC', get('/a', [], 'vpc.example')],
  ])('that looks like an internal one serves nothing: %s', async (_, text) => {
    const answer = await ask(plane.publicPort, text);
    expect(headerOf(answer.lines, 'X-Ca-Error-Code')).toBe('I404DO');
  });

  it('is not on the internal listener', async () => {
    for (const host of ['shop.test', 'blue.shop.test', 'vpc.example']) {
      const answer = await ask(plane.internalPort, get('/a', [], host));
      expect(headerOf(answer.lines, 'X-Ca-Error-Code')).toBe('I404DO');
    }
    expect((await ask(plane.internalPort, get('/a', [], INTERNAL_HOST))).body).toBe('release');
    expect((await ask(plane.publicPort, get('/a', [], HOST))).body).toBe('release');
  });
});
