/** A group on names of its own, with a stage of its own and backends that its variables and a VPC access name. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Gateway, startGateway } from './harness/gateway.js';
import { send, verdict } from './harness/http-client.js';
import { type RawBackend, startRawBackend } from './harness/raw-backend.js';

let gateway: Gateway;
let port: number;
let group: string;
let release: RawBackend;
let gray: RawBackend;

beforeAll(async () => {
  gateway = await startGateway();
  [release, gray] = [await startRawBackend('release'), await startRawBackend('gray')];
  gateway.closeAtEnd(release, gray);
  port = (await gateway.startDataPlane()).publicPort;
  group = (await call('POST /groups', { name: 'shop', basePath: '/shop' })).id;
  await call(`POST /groups/${group}/stages`, { name: 'GRAY', alias: 'Gray release' });
  await setVariables('RELEASE', { Port: String(release.port), Env: 'live' });
  await setVariables('GRAY', { Port: String(gray.port), Env: 'next' });
  await deploy('orders', { type: 'HTTP', address: 'http://127.0.0.1:#Port#', path: '/#Env#/orders', method: 'GET' });
  await deploy('carts', { type: 'HTTP-VPC', vpcAccessName: 'carts', path: '/carts', method: 'GET' });
}, 90_000);
afterAll(() => gateway?.stop(), 60_000);

/** In force on the data plane when it resolves. */
function call(route: string, body?: object): Promise<{ id: string }> {
  return gateway.management.call(route.startsWith('GET') ? route : `${route}?wait=applied`, body);
}

function setVariables(stage: string, variables: object) {
  return call(`PUT /groups/${group}/stages/${stage}/variables`, variables);
}

async function deploy(name: string, backend: object): Promise<void> {
  const request = { protocols: ['HTTP'], method: 'GET', path: `/${name}` };
  const { id } = await call(`POST /groups/${group}/apis`, { name, auth: 'ANONYMOUS', request, backend });
  for (const stage of ['RELEASE', 'GRAY']) await call(`POST /apis/${id}/deployments`, { stage });
}

const get = (host: string, stage?: string, path = '/shop/orders') =>
  send(port, host, path, stage === undefined ? {} : { headers: { 'X-Ca-Stage': stage } });

describe('a custom domain', () => {
  it('serves the group from when it is bound until it is unbound', async () => {
    expect(verdict(await get('api.shop.test'))).toBe('404 I404DO');
    await call(`POST /groups/${group}/domains`, { domain: 'API.shop.test' });
    expect(await get('api.shop.test:8080')).toMatchObject({ status: 200, body: 'release' });
    expect(await get('api.shop.test', 'gray')).toMatchObject({ status: 200, body: 'gray' });
    expect(verdict(await get('api.shop.test', 'BLUE'))).toBe('400 I400SG');
    await call(`DELETE /groups/${group}/domains/api.shop.test`);
    expect(verdict(await get('api.shop.test'))).toBe('404 I404DO');
  });

  it('leads to its stage, whatever the caller says, and may be a wildcard', async () => {
    await call(`POST /groups/${group}/domains`, {
      domain: '*.next.shop.test',
      stage: 'GRAY',
      patterns: ['{svc}.next.shop.test'],
    });
    expect(await get('a.next.shop.test', 'RELEASE')).toMatchObject({ status: 200, body: 'gray' });
    expect(await get('a.b.next.shop.test')).toMatchObject({ status: 200, body: 'gray' });
    expect(verdict(await get('next.shop.test'))).toBe('404 I404DO');
  });
});

describe('a stage', () => {
  it('has variables that act at once on what is deployed', async () => {
    await call(`POST /groups/${group}/domains`, { domain: 'www.shop.test' });
    await get('www.shop.test');
    expect(release.requests.at(-1)).toMatch(/^GET \/live\/orders HTTP/);
    await setVariables('RELEASE', { Port: String(gray.port), Env: 'moved' });
    expect((await get('www.shop.test')).body).toBe('gray');
    expect(gray.requests.at(-1)).toMatch(/^GET \/moved\/orders HTTP/);
  });
});

describe('a VPC access', () => {
  it('acts at once on what is deployed, when it comes, changes and goes', async () => {
    const carts = () => get('www.shop.test', undefined, '/shop/carts');
    expect(verdict(await carts())).toBe('504 X504VE');
    const address = (backend: RawBackend) => ({ address: `127.0.0.1:${backend.port}` });
    const { id } = await call('POST /vpc-accesses', { name: 'carts', hostHeader: 'carts.test', ...address(release) });
    expect((await carts()).body).toBe('release');
    expect(release.requests.at(-1)).toMatch(/^host: carts\.test\r$/im);
    await call(`PATCH /vpc-accesses/${id}`, address(gray));
    expect((await carts()).body).toBe('gray');
    await call(`DELETE /vpc-accesses/${id}`);
    expect(verdict(await carts())).toBe('504 X504VE');
  });
});

describe('an instance', () => {
  it('refuses clients that its access list denies', async () => {
    const instance = await gateway.management.instanceId('default');
    const deny = (blocks: string[]) => call(`PATCH /instances/${instance}`, { accessList: { ipv4: { mode: 'deny', blocks } } });
    await deny(['127.0.0.1/8']);
    expect(verdict(await get('www.shop.test'))).toBe('403 A403IP');
    await deny(['192.0.2.1']);
    expect((await get('www.shop.test')).status).toBe(200);
  });
});
