/** Explaining requests over the management API: what is live and what is drafted, for whom, and without a trace. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newName, type Owner, ownerOf } from '../testing/owner.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';
import { ExplainAnswer } from './explain-answer.js';

const SECRET = 'never-to-be-seen-9f8a';
const MANAGEMENT = new URL('../../../../docs/management.md', import.meta.url);

describe('explaining a request', () => {
  let app: TestApp;
  let owner: Owner;
  let viewer: Owner;
  let group: string;
  let api: string;

  beforeAll(async () => {
    app = await startTestApp();
    owner = ownerOf(app, app.admin);
    viewer = ownerOf(app, await app.token('viewer'));
    group = (await owner.send('POST /groups', { name: newName(), basePath: '/shop' }).expect(201)).body.id;
    api = await owner.api(group, {
      request: { method: 'GET', path: '/items' },
      backend: { type: 'HTTP', address: 'http://#host#.example.com', path: '/live' },
    });
    await owner.send(`PUT /groups/${group}/stages/RELEASE/variables`, { host: 'first' }).expect(200);
    await owner.deploy(api);
    await bind(await plugin('routing', routing('blue')), 'RELEASE');
    await bind(await plugin('backendSignature', `type: APIGW_BACKEND\nkey: K\nsecret: ${SECRET}\n`), 'RELEASE');
  });
  afterAll(() => app.close());

  const plugin = async (type: string, config: string): Promise<string> =>
    (await owner.send('POST /plugins', { name: newName(), type, config }).expect(201)).body.id;
  const bind = (id: string, stage: string) => owner.send(`POST /plugins/${id}/bindings`, { apiIds: [api], stage }).expect(201);
  const routing = (svc: string) =>
    `parameters:\n  svc: Host:svc\nroutes:\n- name: wild\n  condition: "$svc = '${svc}'"\n  backend:\n    type: MOCK\n    statusCode: 201\n`;

  async function explain(body: object, id = api, by = viewer): Promise<ExplainAnswer> {
    const answer = await by.send(`POST /apis/${id}/explain`, { method: 'GET', url: '/shop/items', ...body }).expect(200);
    return ExplainAnswer.parse(answer.body);
  }

  const complaints = async (body: object) => {
    const sent = { method: 'GET', url: '/', ...body };
    const answer = await viewer.send(`POST /apis/${api}/explain`, sent).expect(400);
    return (answer.body as { errors: { path: string; message: string }[] }).errors;
  };

  it('tells what is live now: variables, plugins and domains act at once', async () => {
    expect(await explain({})).toMatchObject({
      outcome: 'backend',
      stage: 'RELEASE',
      api: { id: api, path: '/items' },
      plugins: [
        { type: 'routing', rules: [{ rule: 'wild', holds: false, why: ["false: $svc = 'blue' ($svc from Host:svc is null)"] }] },
        { type: 'backendSignature' },
      ],
      backend: { address: 'http://first.example.com:80', path: '/live' },
    });
    await owner.send(`PUT /groups/${group}/stages/RELEASE/variables`, { host: 'second' }).expect(200);
    expect((await explain({})).backend?.address).toBe('http://second.example.com:80');
    await owner
      .send(`POST /groups/${group}/domains`, { domain: '*.explained.test', patterns: ['{svc}.explained.test'] })
      .expect(201);
    expect(await explain({ url: 'http://blue.explained.test/shop/items' })).toMatchObject({
      domain: '*.explained.test',
      hostParameters: { svc: 'blue' },
      backend: { type: 'MOCK', status: 201, route: 'wild' },
    });
  });

  it('sees a group of the account that stands before the API on the same domain', async () => {
    const other = (await owner.send('POST /groups', { name: newName(), basePath: '/shop/items' }).expect(201)).body.id;
    const front = await owner.api(other, { request: { method: 'GET', path: '/' } });
    await owner.deploy(front);
    for (const id of [group, other]) await owner.send(`POST /groups/${id}/domains`, { domain: 'both.test' }).expect(201);
    const found = await explain({ url: 'http://both.test/shop/items' });
    expect([found.api?.id, found.group?.id]).toEqual([front, other]);
    expect((await explain({ url: 'http://both.test/shop/else' })).group?.id).toBe(group);
  });

  it('tells of a stage in which the API is not live, and of the draft as if it were', async () => {
    expect(await explain({ stage: 'test' })).toMatchObject({ refusal: { code: 'I404NF' }, backend: null });
    await owner.send(`PUT /groups/${group}/stages/TEST/variables`, { host: 'tested' }).expect(200);
    await bind(await plugin('routing', routing('red')), 'TEST');
    expect(await explain({ stage: 'TEST', draft: true })).toMatchObject({
      stage: 'TEST',
      api: { version: 'draft' },
      plugins: [{ type: 'routing', rules: [{ condition: "$svc = 'red'" }] }],
      backend: { address: 'http://tested.example.com:80' },
    });
    await owner
      .send(`PATCH /apis/${api}`, { backend: { path: '/drafted' } })
      .set('Content-Type', 'application/merge-patch+json')
      .expect(200);
    expect((await explain({ draft: true })).backend?.path).toBe('/drafted');
    expect((await explain({})).backend?.path).toBe('/live');
  });

  it('leaves no trace, and shows no secret', async () => {
    const state = () =>
      app.dataSource.query(
        'SELECT (SELECT count(*) FROM audit_events) AS audits, (SELECT max(revision) FROM revisions) AS revision',
      );
    const before = await state();
    const text = JSON.stringify(
      await explain({ headers: { 'X-Ca-Key': 'k', Accept: ['a/b', 'c/d'] }, body: 'x', clientIp: '::1' }),
    );
    expect(text).not.toMatch(new RegExp(`${SECRET}|v1\\.`));
    expect(text).toContain('X-Ca-Proxy-Signature');
    expect(await state()).toEqual(before);
  });

  it('is for the account’s own APIs, whoever may read them', async () => {
    const stranger = ownerOf(app, await app.token('admin', await app.account(newName())));
    for (const [by, id] of [
      [stranger, api],
      [viewer, 'f'.repeat(32)],
    ] as const) {
      const { body } = await by.send(`POST /apis/${id}/explain`, { method: 'GET', url: '/' }).expect(404);
      expect(body).toMatchObject({ code: 'NotFoundApi' });
    }
  });

  it.each<[string, object]>([
    ['method', { method: 'G T' }],
    ['method', { method: 'X'.repeat(33) }],
    ['url', { url: 'ftp://host/' }],
    ['url', { url: 'http://user@host/' }],
    ['url', { url: 'items' }],
    ['url', { url: `/${'x'.repeat(8192)}` }],
    ['headers.a b', { headers: { 'a b': 'x' } }],
    ['headers.a', { headers: { a: 'x\ny' } }],
    ['headers.a', { headers: { a: Array(33).fill('x') } }],
    ['headers', { headers: Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`h${n}`, ''])) }],
    ['headers', { headers: { a: Array(5).fill('x'.repeat(8000)) } }],
    ['headers.HOST', { headers: { HOST: 'x' } }],
    ['body', { body: 'é'.repeat(32 * 1024 + 1) }],
    ['stage', { stage: 'no stage' }],
    ['stage', { stage: 'TEST', headers: { 'x-ca-stage': 'TEST' } }],
    ['clientIp', { clientIp: 'localhost' }],
    ['draft', { draft: 'yes' }],
    ['more', { more: 1 }],
  ])('refuses %s of a wrong shape or size', async (path, body) => {
    expect((await complaints(body)).map((each) => each.path)).toEqual([path]);
  });

  it('answers as the document shows', async () => {
    const section = /### 3\.5[\s\S]*?(?=\n### |\n## )/.exec(readFileSync(MANAGEMENT, 'utf8'))?.[0] ?? '';
    const [request, answer] = Array.from(section.matchAll(/```json\n([\s\S]*?)```/g), ([, json]) => JSON.parse(json as string));
    const id = 'a0'.repeat(16);
    await owner.send('POST /groups', { id: 'b0'.repeat(16), name: 'orders_group' }).expect(201);
    await owner.api('b0'.repeat(16), {
      id,
      name: 'orders',
      request: { method: 'GET', path: '/orders/[id]' },
      parameters: [{ name: 'id', in: 'path', type: 'String', required: true, backend: { name: 'id', in: 'path' } }],
      backend: { type: 'HTTP', address: 'http://old.example.com:8080', path: '/orders/[id]', method: 'GET' },
    });
    await owner.deploy(id);
    const config = `parameters:\n  version: "Header:X-Version"\nroutes:\n- name: canary\n  condition: "$version = '2' or $CaClientIp in_cidr '10.0.0.0/8'"\n  backend:\n    address: new.example.com:8080\n`;
    const made = await owner
      .send('POST /plugins', { id: 'c0'.repeat(16), name: 'orders_routes', type: 'routing', config })
      .expect(201);
    await owner.send(`POST /plugins/${made.body.id}/bindings`, { apiIds: [id], stage: 'RELEASE' }).expect(201);
    const told = await viewer.send(`POST /apis/${id}/explain`, request).expect(200);
    expect(told.body).toEqual({ ...answer, api: { ...answer.api, version: told.body.api.version } });
  });
});
