/** The feature "Call by API Gateway" set up as its document says: a dozen calls, and what data planes are given then. */
import { generatedDomain } from '@causeway/contract';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { publishedChunk } from './testing/published.js';
import { startTestApp, type TestApp } from './testing/test-app.js';

const GROUP_1 = '17ff4c9189004a1d87b557606b767334';
const GROUP_2 = 'c6e984b2dd784c0fb843f7c2a8878b15';

const ROUTING = `---
parameters:
  target: "Query:target"
routes:
- name: backend1
  condition: "$target = 'resource1'"
  backend:
    type: "HTTP"
    address: "${GROUP_1}-cn-huhehaote-intranet.alicloudapi.com"
    path: "/business1"
- name: backend2
  condition: "$target = 'resource2'"
  backend:
    type: "HTTP"
    address: "${GROUP_2}-cn-huhehaote-intranet.alicloudapi.com"
    path: "/business2"
`;

const SIGNATURE = `---
type: APIGW_FRONTEND
key: TESTKEY
secret: TESTSECRET
signatureMethod: HmacSHA256
`;

let app: TestApp;
const made: Record<string, string> = {};
let revision = 0;

beforeAll(async () => {
  app = await startTestApp({ CAUSEWAY_REGION: 'cn-huhehaote', CAUSEWAY_DOMAIN_SUFFIX: 'alicloudapi.com' });
});
afterAll(() => app.close());

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at field by field.
async function call(method: 'get' | 'post' | 'patch', path: string, body?: object): Promise<any> {
  const answer = await app.http[method](`/api/v1${path}`).set('Authorization', app.admin).send(body);
  expect([path, answer.status < 300 ? 'done' : answer.body]).toEqual([path, 'done']);
  revision = Math.max(revision, answer.body.revision ?? 0);
  return answer.body;
}

describe('the scenario', () => {
  it('1.1.1 enables calls from API Gateway on the instance', async () => {
    const { items } = await call('get', '/instances');
    expect(items).toMatchObject([{ name: 'default', region: 'cn-huhehaote', callsFromGateway: false }]);
    made.instance = items[0].id;
    expect(await call('patch', `/instances/${made.instance}`, { callsFromGateway: true })).toMatchObject({
      callsFromGateway: true,
    });
  });

  it('1.1.2 makes two groups with the ids they had, and generates their internal domains', async () => {
    for (const [index, id] of [GROUP_1, GROUP_2].entries()) {
      const group = await call('post', '/groups', { id, name: `group_${index + 1}` });
      expect(group).toMatchObject({ id, publicDomain: `${id}-cn-huhehaote.alicloudapi.com`, internalDomain: null });
      const { domain } = await call('post', `/groups/${id}/internal-domain`);
      expect(domain).toBe(generatedDomain('internal', id, 'cn-huhehaote', 'alicloudapi.com'));
    }
  });

  it('1.1.3 creates and deploys an API in each of them', async () => {
    for (const [index, groupId] of [GROUP_1, GROUP_2].entries()) {
      const path = `/business${index + 1}`;
      const backend = { type: 'HTTP', address: `http://backend${index + 1}.alicloudapi.com:8080`, path, method: 'GET' };
      const definition = {
        name: `business${index + 1}`,
        auth: 'APP',
        request: { protocols: ['HTTP'], method: 'GET', path },
        backend,
      };
      const api = await call('post', `/groups/${groupId}/apis`, definition);
      made[`business${index + 1}`] = api.id;
      const deployed = await call('post', `/apis/${api.id}/deployments`, { stage: 'RELEASE' });
      expect(deployed).toMatchObject({
        stage: 'RELEASE',
        version: expect.stringMatching(/^\d{17}$/),
        revision: expect.any(Number),
      });
      expect(deployed).not.toHaveProperty('warnings');
    }
  });

  it('1.1.4 authorizes one app with the key pair it had to call both', async () => {
    const created = await call('post', '/apps', { name: 'distributor', key: 'TESTKEY', secret: 'TESTSECRET' });
    expect(created).toMatchObject({ key: 'TESTKEY', secret: 'TESTSECRET' });
    made.app = created.id;
    const { items } = await call('post', '/grants', {
      appId: created.id,
      apiIds: [made.business1, made.business2],
      stage: 'RELEASE',
    });
    expect(items).toMatchObject([
      { appId: created.id, apiId: made.business1 },
      { apiId: made.business2, expiresAt: null },
    ]);
  });

  it('1.2.1 creates the distribution API, which anybody may call', async () => {
    const definition = {
      name: 'distributeAPI',
      auth: 'ANONYMOUS',
      request: { protocols: ['HTTP'], method: 'GET', path: '/distributeAPI' },
    };
    made.distribution = (await call('post', `/groups/${GROUP_1}/apis`, definition)).id ?? '';
  });

  it('1.2.2 and 1.2.3 take the plugins of the document character for character', async () => {
    for (const [type, config] of [
      ['routing', ROUTING],
      ['backendSignature', SIGNATURE],
    ] as const) {
      const { id } = await call('post', '/plugins', { name: `distribution_${type}`, type, config });
      made[type] = id;
      expect((await call('get', `/plugins/${id}?reveal=secrets`)).config).toBe(config);
      expect((await call('get', `/plugins/${id}`)).config).toBe(config.replace('TESTSECRET', '"******"'));
      await call('post', `/plugins/${id}/bindings`, { apiIds: [made.distribution], stage: 'RELEASE' });
    }
  });

  it('2 publishes it all, warning that a request which no route catches has nowhere to go', async () => {
    const deployed = await call('post', `/apis/${made.distribution}/deployments?wait=applied&timeout=1000`, { stage: 'RELEASE' });
    expect(deployed).toMatchObject({
      warnings: [{ code: 'NoBackend' }],
      applied: { revision: deployed.revision, nodes: [] },
    });
  });
});

describe('what data planes are given then', () => {
  it('has both domains of each group and its APIs with their plugins', async () => {
    expect(await publishedChunk(app, revision, 'instance')).toMatchObject({ callsFromGateway: true, region: 'cn-huhehaote' });
    expect(await publishedChunk(app, revision, 'network')).toMatchObject({
      instances: [{ id: made.instance, groups: [GROUP_1, GROUP_2] }],
    });
    expect(await publishedChunk(app, revision, `group:${GROUP_1}`)).toMatchObject({ publicDomain: true, internalDomain: true });
    const chunk = await publishedChunk<{ apis: { id: string }[] }>(app, revision, `apis:${GROUP_1}:0`);
    expect(chunk?.apis).toHaveLength(2);
    expect(chunk?.apis.find(({ id }) => id === made.distribution)).toMatchObject({
      stage: 'RELEASE',
      plugins: [made.routing, made.backendSignature].sort(),
    });
    expect(await publishedChunk(app, revision, `plugin:${made.routing}`)).toMatchObject({
      config: { routes: [{ name: 'backend1' }, { name: 'backend2', condition: "$target = 'resource2'" }] },
    });
  });

  it('has the app with its grants, and no secret that is not sealed', async () => {
    const bucket = Number(BigInt(made.app ?? '0') & 255n);
    const apps = await publishedChunk(app, revision, `apps:${bucket}`);
    expect(apps).toMatchObject({
      apps: [{ id: made.app, keys: [{ key: 'TESTKEY', secret: expect.stringMatching(/^v1\./) }], grants: [{}, {}] }],
    });
    const [{ held }] = await app.dataSource.query(
      `SELECT (SELECT string_agg(convert_from(bytes, 'UTF8'), '') FROM chunks) || (SELECT string_agg(details::text, '') FROM audit_events)
        || (SELECT string_agg(config, '') FROM plugins) || (SELECT string_agg(secret, '') FROM app_keys) AS held`,
    );
    expect(held).toContain('TESTKEY');
    expect(held).not.toContain('TESTSECRET');
  });

  it('follows each step that is undone', async () => {
    await call('patch', `/instances/${made.instance}`, { callsFromGateway: false });
    expect(await publishedChunk(app, revision, 'network')).toMatchObject({ instances: [{ groups: [] }] });
    await call('patch', `/instances/${made.instance}`, { callsFromGateway: true });
    const off = await app.http.delete(`/api/v1/groups/${GROUP_2}/internal-domain`).set('Authorization', app.admin).expect(200);
    expect(await publishedChunk(app, off.body.revision, 'network')).toMatchObject({ instances: [{ groups: [GROUP_1] }] });
    const path = `/api/v1/apis/${made.business1}/deployments/RELEASE`;
    const offline = await app.http.delete(path).set('Authorization', app.admin).expect(200);
    expect(await publishedChunk(app, offline.body.revision, `apis:${GROUP_1}:0`)).toMatchObject({
      apis: [{ id: made.distribution }],
    });
  });
});
