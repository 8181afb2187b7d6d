/** An internal domain is never reached through the public listener, whatever the request says. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask, get } from './testing/client.js';
import { HOST, INTERNAL_HOST } from './testing/snapshot.js';
import { type Plane, startPlane } from './testing/start-plane.js';
import { headerOf } from './testing/wire.js';

describe('an internal domain', () => {
  let plane: Plane;

  beforeAll(async () => {
    plane = await startPlane({ program: { apis: [{ backend: { type: 'MOCK', body: 'reached' } }] } });
  });

  afterAll(() => plane.stop());

  const upper = INTERNAL_HOST.toUpperCase();
  it.each([
    ['Host', get('/a', [], INTERNAL_HOST)],
    ['Host in upper case', get('/a', [], upper)],
    ['Host with a port', get('/a', [], `${INTERNAL_HOST}:8081`)],
    ['Host with the internal port', get('/a', [], `${INTERNAL_HOST}:80`)],
    ['Host with a trailing dot', get('/a', [], `${INTERNAL_HOST}.`)],
    ['Host with a trailing dot and a port', get('/a', [], `${upper}.:8080`)],
    ['an absolute target', `GET http://${INTERNAL_HOST}/a HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`],
    ['an absolute target with https, a port and a dot', `GET https://${upper}.:1/a HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`],
    ['HTTP/1.0', `GET /a HTTP/1.0\r\nHost: ${INTERNAL_HOST}\r\n\r\n`],
  ])('is not served on the public listener by %s', async (_, text) => {
    const answer = await ask(plane.publicPort, text);
    expect(answer.start).toBe('HTTP/1.1 404 Not Found');
    expect(headerOf(answer.lines, 'X-Ca-Error-Code')).toBe('I404DO');
    expect(headerOf(answer.lines, 'X-Ca-Error-Message')).toBe(`Invalid Domain \`${INTERNAL_HOST}\``);
  });

  it.each([
    ['Host on two lines', `GET /a HTTP/1.1\r\nHost: ${HOST}\r\nHost: ${INTERNAL_HOST}\r\n\r\n`],
    ['userinfo', get('/a', [], `${HOST}@${INTERNAL_HOST}`)],
    ['userinfo that looks like a port', get('/a', [], `${INTERNAL_HOST}:80@${HOST}`)],
    ['userinfo in an absolute target', `GET http://${INTERNAL_HOST}:80@x/a HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`],
  ])('is not served on the public listener by %s', async (_, text) => {
    const answer = await ask(plane.publicPort, text);
    expect(headerOf(answer.lines, 'X-Ca-Error-Code')).toBe('I400HD');
  });

  it('is not chosen by headers that name hosts', async () => {
    const lines = [`X-Forwarded-Host: ${INTERNAL_HOST}`, `Forwarded: host=${INTERNAL_HOST}`, `X-Host: ${INTERNAL_HOST}`];
    expect((await ask(plane.publicPort, get('/a', lines))).body).toBe('reached');
    const unknown = await ask(plane.publicPort, get('/a', lines, 'unknown.test'));
    expect(headerOf(unknown.lines, 'X-Ca-Error-Code')).toBe('I404DO');
  });

  it('is served on the internal listener, where no public domain is', async () => {
    expect((await ask(plane.internalPort, get('/a', [], `${upper}.:1`))).body).toBe('reached');
    const open = await ask(plane.internalPort, get('/a', [], HOST));
    expect(headerOf(open.lines, 'X-Ca-Error-Code')).toBe('I404DO');
  });

  it('is served nowhere once the switch of the group or of the instance is off', async () => {
    const apis = [{ backend: { type: 'MOCK', body: 'reached' } as const }];
    for (const off of [{ group: { internalDomain: false } }, { instance: { callsFromGateway: false } }]) {
      await plane.apply({ apis, ...off });
      const answer = await ask(plane.internalPort, get('/a', [], INTERNAL_HOST));
      expect(headerOf(answer.lines, 'X-Ca-Error-Code')).toBe('I404DO');
    }
  });
});
