/** The story of the original document: one API passes requests on to two others, in the same process or over the wire. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DataPlane, type Gateway, startGateway } from './harness/gateway.js';
import { send } from './harness/http-client.js';
import { createScenario, type Scenario } from './harness/scenario.js';

let gateway: Gateway;
let scenario: Scenario;
const dataPlanes: Record<string, DataPlane> = {};

beforeAll(async () => {
  gateway = await startGateway();
  for (const kind of ['inprocess', 'wire']) {
    dataPlanes[kind] = await gateway.startDataPlane({ CAUSEWAY_INTERNAL_CALLS: kind });
  }
  scenario = await createScenario(gateway);
}, 90_000);
afterAll(() => gateway?.stop(), 60_000);

describe.each(['inprocess', 'wire'])('with internal calls %s', (kind) => {
  it.each([
    ['resource1', 0],
    ['resource2', 1],
  ])('%s reaches its backend with the headers of the document', async (resource, index) => {
    const { answer, request } = await distribute(kind, resource, index);
    expect([answer.status, answer.body]).toEqual([200, ['one', 'two'][index]]);
    const [line, ...headers] = request.trimEnd().split('\r\n');
    expect(line).toBe(`GET /business${index + 1} HTTP/1.1`);
    const id = answer.headers['x-ca-request-id'];
    expect(id).toMatch(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
    expect(headers.filter((header) => !/^connection:/i.test(header)).sort(byName)).toEqual([
      'Content-Type: application/x-www-form-urlencoded; charset=UTF-8',
      expect.stringMatching(new RegExp(`^host: backend${index + 1}\\.alicloudapi\\.com:8080$`, 'i')),
      'User-Agent: curl/7.64.1',
      expect.stringMatching(/^Via: [0-9a-f]{32}$/),
      expect.stringMatching(/^Via: [0-9a-f]{32}$/),
      `X-Ca-Request-Id: ${id}`,
      'X-Forwarded-For: 127.0.0.1, 127.0.0.1',
      'X-Forwarded-Proto: http',
    ]);
    const [publicHop, internalHop] = headers.filter((header) => header.startsWith('Via'));
    expect(publicHop).not.toBe(internalHop);
  });
});

it('looks the same to the backend in both ways, byte for byte but for the request id', async () => {
  const requests = await Promise.all(['inprocess', 'wire'].map((kind) => distribute(kind, 'resource1', 0)));
  const [inProcess, overTheWire] = requests.map(({ request }) =>
    request.replace(/[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}/, 'ID'),
  );
  expect(inProcess).toBe(overTheWire);
});

it('calls a callee that is signed for itself only: without a signature it refuses', async () => {
  const answer = await send(dataPlanes.inprocess?.publicPort ?? 0, scenario.host, '/business1');
  expect([answer.status, answer.headers['x-ca-error-code']]).toEqual([400, 'A400MA']);
});

/** One request at a time for a backend: the last one it saw belongs to the answer. */
async function distribute(kind: string, resource: string, index: number) {
  return inTurn(async () => {
    const answer = await send(dataPlanes[kind]?.publicPort ?? 0, scenario.host, `/distributeAPI?target=${resource}`, {
      headers: { 'User-Agent': 'curl/7.64.1', Accept: '*/*' },
    });
    return { answer, request: scenario.backends[index]?.requests.at(-1) ?? '' };
  });
}

let last: Promise<unknown> = Promise.resolve();
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const next = last.then(work);
  last = next.catch(() => undefined);
  return next;
}

function byName(a: string, b: string): number {
  return a.toLowerCase() < b.toLowerCase() ? -1 : 1;
}
