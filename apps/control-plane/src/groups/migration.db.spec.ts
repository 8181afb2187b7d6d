/** A group moves to another instance in one write that concerns both, and leaves a note where it was. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../testing/test-app.js';
import { keepTouchedLog, type TouchedLog } from './testing/touched-log.js';

const GROUP = '17ff4c9189004a1d87b557606b767334';
let app: TestApp;
let log: TouchedLog;
let one: string;
let two: string;
let far: string;
let plugins: string[];

beforeAll(async () => {
  app = await startTestApp();
  one = (await post('instances', { name: 'one', callsFromGateway: true })).id;
  two = (await post('instances', { name: 'two' })).id;
  far = (await post('instances', { name: 'far', region: 'elsewhere', callsFromGateway: true })).id;
  await post('groups', { id: GROUP, name: 'travelling', instanceId: one });
  await post(`groups/${GROUP}/internal-domain`, {});
  const { id } = await post(`groups/${GROUP}/apis`, {
    name: 'travelling',
    auth: 'ANONYMOUS',
    request: { protocols: ['HTTP'], method: 'GET', path: '/a' },
    backend: { type: 'HTTP', address: 'http://backend.example.com', path: '/a', method: 'GET' },
  });
  await post(`apis/${id}/deployments`, { stage: 'RELEASE' });
  plugins = [
    await bindPlugin('of_the_api', { apiIds: [id], stage: 'RELEASE' }),
    await bindPlugin('of_the_group', { groupId: GROUP, stage: 'TEST' }),
  ].sort();
  log = await keepTouchedLog(app.dataSource);
});
afterAll(() => app.close());

async function post(path: string, body: object): Promise<{ id: string }> {
  return (await app.http.post(`/api/v1/${path}`).set('Authorization', app.admin).send(body).expect(201)).body;
}

async function patch(kind: string, id: string, body: object): Promise<void> {
  await app.http.patch(`/api/v1/${kind}/${id}`).set('Authorization', app.admin).send(body).expect(200);
}

async function bindPlugin(name: string, target: object): Promise<string> {
  const { id } = await post('plugins', {
    name,
    type: 'backendSignature',
    config: { type: 'APIGW_FRONTEND', key: name, secret: 'S' },
  });
  await post(`plugins/${id}/bindings`, target);
  return id;
}

function move(instanceId: unknown) {
  return app.http.post(`/api/v1/groups/${GROUP}/migration`).set('Authorization', app.admin).send({ instanceId });
}

async function formerOf(instanceId: string): Promise<string[]> {
  const rows = await app.dataSource.query('SELECT group_id FROM group_moves WHERE from_instance_id = $1', [instanceId]);
  return rows.map((row: { group_id: string }) => row.group_id);
}

it('goes to another instance that takes its calls, in its region', async () => {
  expect((await move(one).expect(409)).body.code).toBe('SameInstance');
  expect((await move(far).expect(409)).body.code).toBe('OtherRegion');
  expect((await move(two).expect(409)).body.code).toBe('CallsFromGatewayOff');
  await patch('instances', two, { callsFromGateway: true });
  await patch('instances', one, { ipv6: true });
  await patch('groups', GROUP, { network: { internetIpv6: true } });
  expect((await move(two).expect(409)).body.code).toBe('Ipv6Off');
  await patch('instances', two, { ipv6: true, callsFromGateway: false });
  await move('apigateway-nowhere-000000000000').expect(404);
  expect((await move(7).expect(400)).body.errors).toContainEqual({ path: 'instanceId', message: 'must be a string' });
  expect(await formerOf(one)).toEqual([]);
});

it('does so in one write that changes source, target, and what all know of internal domains', async () => {
  await app.http.patch(`/api/v1/instances/${two}`).set('Authorization', app.admin).send({ callsFromGateway: true }).expect(200);
  const touched = await log.during(async () => {
    const { body } = await move(two).expect(200);
    expect(body).toMatchObject({
      id: GROUP,
      instanceId: two,
      region: 'local',
      internalDomain: `${GROUP}-local-intranet.apigw.localhost`,
    });
  });
  const carried = [
    `apis:${GROUP}:0`,
    `group:${GROUP}`,
    'instance',
    'network',
    ...plugins.map((id) => `plugin:${id}`),
    'allowShrink',
  ];
  expect(touched[one]).toEqual(carried);
  expect(touched[two]).toEqual(carried);
  expect(touched[far]).toEqual(['network', 'allowShrink']);
  expect(await formerOf(one)).toEqual([GROUP]);
});

it('leaves no trace on an instance that it comes back to', async () => {
  await move(one).expect(200);
  expect(await formerOf(one)).toEqual([]);
  expect(await formerOf(two)).toEqual([GROUP]);
  await move(two).expect(200);
  await move(one).expect(200);
  expect(await formerOf(two)).toEqual([GROUP]);
});

it('needs no switch on the target once its internal domain is off', async () => {
  await app.http.patch(`/api/v1/instances/${two}`).set('Authorization', app.admin).send({ callsFromGateway: false }).expect(200);
  await move(two).expect(409);
  await app.http.delete(`/api/v1/groups/${GROUP}/internal-domain`).set('Authorization', app.admin).expect(200);
  await move(two).expect(200);
});

it('is forgotten by its former instances when it is deleted', async () => {
  await app.dataSource.query(`DELETE FROM deployments; DELETE FROM apis`);
  const touched = await log.during(() => app.http.delete(`/api/v1/groups/${GROUP}`).set('Authorization', app.admin).expect(200));
  expect(touched[one]).toEqual(['instance']);
  expect(await formerOf(one)).toEqual([]);
});
