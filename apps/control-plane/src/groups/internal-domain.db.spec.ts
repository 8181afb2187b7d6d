/** The internal domain of a group is one name, in service while both switches are on. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../testing/test-app.js';
import { keepTouchedLog, type TouchedLog } from './testing/touched-log.js';

const GROUP = 'c6e984b2dd784c0fb843f7c2a8878b15';
const DOMAIN = `${GROUP}-cn-huhehaote-intranet.alicloudapi.com`;
let app: TestApp;
let defaultId: string;
let secondId: string;
let log: TouchedLog;

beforeAll(async () => {
  app = await startTestApp({ CAUSEWAY_REGION: 'cn-huhehaote', CAUSEWAY_DOMAIN_SUFFIX: 'alicloudapi.com' });
  defaultId = (await call('get', 'instances?name=default').expect(200)).body.items[0].id;
  secondId = (await call('post', 'instances', { name: 'second' }).expect(201)).body.id;
  await call('post', 'groups', { id: GROUP, name: 'internal_group' }).expect(201);
  log = await keepTouchedLog(app.dataSource);
});
afterAll(() => app.close());

function call(method: 'get' | 'post' | 'patch' | 'delete', path: string, body?: object) {
  return app.http[method](`/api/v1/${path}`).set('Authorization', app.admin).send(body);
}

const shown = async () => (await call('get', `groups/${GROUP}`).expect(200)).body.internalDomain;
const switchCalls = (callsFromGateway: boolean) => call('patch', `instances/${defaultId}`, { callsFromGateway }).expect(200);

it('is not given while the instance takes no calls from API Gateway', async () => {
  const { body } = await call('post', `groups/${GROUP}/internal-domain`).expect(409);
  expect(body.code).toBe('CallsFromGatewayOff');
  expect(await shown()).toBeNull();
});

it('is one name, however often it is generated, switched off and generated again', async () => {
  await switchCalls(true);
  const first = await call('post', `groups/${GROUP}/internal-domain`).expect(201);
  expect(first.body).toEqual({ domain: DOMAIN, revision: expect.any(Number) });
  expect((await call('post', `groups/${GROUP}/internal-domain`).expect(201)).body.domain).toBe(DOMAIN);
  expect(await shown()).toBe(DOMAIN);
  await call('delete', `groups/${GROUP}/internal-domain`).expect(200);
  expect(await shown()).toBeNull();
  await call('delete', `groups/${GROUP}/internal-domain`).expect(200);
  expect((await call('post', `groups/${GROUP}/internal-domain`).expect(201)).body.domain).toBe(DOMAIN);
});

it('is made known to its instance and to every other', async () => {
  const everywhere = { [defaultId]: [`group:${GROUP}`, 'network'], [secondId]: ['network'] };
  expect(await log.during(() => call('post', `groups/${GROUP}/internal-domain`).expect(201))).toEqual(everywhere);
  expect(await log.during(() => call('delete', `groups/${GROUP}/internal-domain`).expect(200))).toEqual(everywhere);
});

it('falls silent with the instance’s switch, and comes back with it', async () => {
  await call('post', `groups/${GROUP}/internal-domain`).expect(201);
  const touched = await log.during(() => switchCalls(false));
  expect(touched).toEqual({ [defaultId]: ['instance', 'network'], [secondId]: ['network'] });
  expect(await shown()).toBe(DOMAIN);
  await call('post', `groups/${GROUP}/internal-domain`).expect(409);
  await switchCalls(true);
  expect(await shown()).toBe(DOMAIN);
});

it('goes with its group', async () => {
  const touched = await log.during(() => call('delete', `groups/${GROUP}`).expect(200));
  expect(touched).toEqual({ [defaultId]: [`group:${GROUP}`, 'network'], [secondId]: ['network'] });
  await call('post', `groups/${GROUP}/internal-domain`).expect(404);
  await call('delete', `groups/${GROUP}/internal-domain`).expect(404);
});
