/** What a client has mapped into a header never reaches the client library unchecked: it would cost the backend's connection. */
import { afterEach, expect, it } from '@jest/globals';
import { answering, type Backend, ok, startBackend } from '../testing/backend.js';
import { dial, get, post } from '../testing/client.js';
import type { ApiInput } from '../testing/snapshot.js';
import { type Plane, startPlane } from '../testing/start-plane.js';
import { headerOf } from '../testing/wire.js';

let plane: Plane;
let backend: Backend;

afterEach(async () => {
  await plane.untilMetric('causeway_running_requests', 0);
  expect(plane.failures).toEqual([]);
  await plane.stop();
  await backend.close();
});

/** Every control character but TAB, and DEL; alone, at an end, inside, and as a header of its own. */
const UNFIT = [...Array(32).keys(), 127]
  .filter((code) => code !== 9)
  .map((code) => `%${code.toString(16).padStart(2, '0')}`)
  .flatMap((code) => [code, `a${code}`, `${code}a`, `a${code}b`, `a%0d%0aX-Evil:${code}1`]);

const inQuery: Partial<ApiInput> = { parameters: [{ name: 'p', in: 'query', backend: { name: 'X-P', in: 'header' } }] };
const inForm: Partial<ApiInput> = { parameters: [{ name: 'p', in: 'form', backend: { name: 'X-P', in: 'header' } }] };
const inPath: Partial<ApiInput> = {
  path: '/[p]',
  parameters: [{ name: 'p', in: 'path', backend: { name: 'X-P', in: 'header' } }],
};
const FORM = ['Content-Type: application/x-www-form-urlencoded'];

it.each([
  ['the query', inQuery, (value: string) => get(`/a?p=${value}`)],
  ['a form', inForm, (value: string) => post('/a', `p=${value}`, FORM)],
  ['the path', inPath, (value: string) => get(`/${value}`)],
] as const)(
  '1,000 header values from %s that nobody may send are refused, and the backend answers on the same connection',
  async (_, api, text) => {
    backend = await startBackend(answering(ok('fine')));
    plane = await startPlane({
      program: {
        apis: [{ ...api, request: { mode: 'MAPPING' }, backend: { type: 'HTTP', address: backend.address, path: '/b' } }],
      },
    });
    const wire = await dial(plane.publicPort);
    wire.send(text('%E4%B8%AD%09x'));
    expect((await wire.message()).body).toBe('fine');
    for (let count = 0; count < 1000; count++) {
      wire.send(text(UNFIT[count % UNFIT.length]!));
      const answer = await wire.message();
      expect(headerOf(answer.lines, 'X-Ca-Error-Code')).toBe('I400IP');
    }
    wire.send(text('good'));
    expect((await wire.message()).body).toBe('fine');
    wire.socket.destroy();
    expect(backend.connections.length).toBe(1);
    expect(backend.requests.map(({ lines }) => headerOf(lines, 'X-P'))).toEqual(['\xe4\xb8\xad\tx', 'good']);
    expect(await plane.metric('causeway_refusals_total{code="I400IP"}')).toBe(1000);
  },
);
