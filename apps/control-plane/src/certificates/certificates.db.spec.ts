/** Certificates belong to their account, their keys are seen by nobody, and one change reaches all domains that name them. */
import { createPrivateKey } from 'node:crypto';
import { type CertificateChunk, chunkKeys, type GroupChunk, sealedPaths } from '@causeway/contract';
import { describeOnPostgres } from '@causeway/test-stores';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { keepTouchedLog, type TouchedLog } from '../groups/testing/touched-log.js';
import { ChunkSources } from '../publish/chunk-sources.js';
import { newName, type Owner, ownerOf } from '../testing/owner.js';
import { publishedChunk } from '../testing/published.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';
import { makeCertificate } from './testing/make-certificate.js';

let app: TestApp;
let log: TouchedLog;
let defaultId: string;
let owner: Owner;
let viewer: Owner;
let stranger: Owner;
let n = 0;

const ca = makeCertificate({ name: 'ca', isCa: true });
const fresh = () => `cert${++n}.test`;
const made = (...hostNames: string[]) => makeCertificate({ name: hostNames[0] ?? 'none', hostNames });
const create = (body: object, by = owner) => by.send('POST /certificates', body);
const patch = (id: string, body: object, by = owner) => by.send(`PATCH /certificates/${id}`, body);

beforeAll(async () => {
  app = await startTestApp({ CAUSEWAY_DOMAIN_SUFFIX: 'gw.example.com' });
  owner = ownerOf(app, app.admin);
  viewer = ownerOf(app, await app.token('viewer'));
  stranger = ownerOf(app, await app.token('admin', await app.account('stranger')));
  defaultId = (await owner.send('GET /instances?name=default').expect(200)).body.items[0].id;
  log = await keepTouchedLog(app.dataSource);
});
afterAll(() => app.close());

async function stored(site: string, more: object = {}): Promise<string> {
  const { certificate, privateKey } = made(site);
  return (await create({ name: newName(), certificate, privateKey, ...more }).expect(201)).body.id;
}

async function bound(site: string, certificateId: string, group?: string): Promise<string> {
  const groupId = group ?? (await owner.group());
  await owner.send(`POST /groups/${groupId}/domains`, { domain: site, certificateId }).expect(201);
  return groupId;
}

const published = (revision: number, id: string) => publishedChunk<CertificateChunk>(app, revision, chunkKeys.certificate(id));

function keyOf({ id, privateKey }: CertificateChunk): string {
  return app.get(ChunkSources).keysOf(defaultId).open(sealedPaths.certificateKey(id), privateKey);
}

describe('a certificate', () => {
  it('shows what it says of itself, and never its key', async () => {
    const site = fresh();
    const { certificate, privateKey } = made(site);
    const { body } = await create({ name: 'shown', certificate, privateKey, description: 'of the shop' }).expect(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      name: 'shown',
      description: 'of the shop',
      certificate,
      caCertificate: null,
      verifyDepth: null,
      passClientSubject: false,
      subject: `CN=${site}`,
      issuer: `CN=${site}`,
      serialNumber: expect.any(String),
      hostNames: [site],
      validFrom: expect.any(String),
      validTo: expect.any(String),
      fingerprint: expect.any(String),
      keyAlgorithm: 'EC prime256v1',
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    const { body: read } = await viewer.send(`GET /certificates/${body.id}`).expect(200);
    expect(read).toEqual(body);
    const { body: listed } = await viewer.send('GET /certificates?name=shown').expect(200);
    expect(listed.items).toHaveLength(1);
    expect(listed.items[0]).toMatchObject({ id: body.id, hostNames: [site] });
    expect(listed.items[0]).not.toHaveProperty('certificate');
    await owner.send(`GET /certificates/${body.id}?reveal=secrets`).expect(200, read);
    const [row] = await app.dataSource.query('SELECT * FROM certificates WHERE id = $1', [body.id]);
    const events = await app.dataSource.query('SELECT * FROM audit_events WHERE resource_id = $1', [body.id]);
    const secret = privateKey.split('\n')[1] ?? privateKey;
    for (const place of [JSON.stringify(row), JSON.stringify(events), JSON.stringify([read, listed]), app.log()])
      expect(place).not.toContain(secret);
    expect(row.private_key).toMatch(/^v1\.test\./);
  });

  it.each<[object, string[]]>([
    [{}, ['certificate', 'name', 'privateKey']],
    [{ name: 'a b', certificate: '', privateKey: '', id: 'x' }, ['certificate', 'id', 'name', 'privateKey']],
    [{ name: 'ok', certificate: 'x'.repeat(65_537), privateKey: 'x'.repeat(16_385) }, ['certificate', 'privateKey']],
    [{ name: 'ok', certificate: ['x'], privateKey: { key: 'x' } }, ['certificate', 'privateKey']],
    [{ name: 'ok', certificate: 'x', privateKey: null }, ['privateKey']],
    [
      { name: 'ok', certificate: 'x', privateKey: 'x', verifyDepth: 1, passClientSubject: true },
      ['passClientSubject', 'verifyDepth'],
    ],
    [{ name: 'ok', certificate: 'x', privateKey: 'x', caCertificate: 'x', verifyDepth: 0 }, ['verifyDepth']],
    [{ name: 'ok', certificate: 'x', privateKey: 'x', caCertificate: 'x', verifyDepth: 10 }, ['verifyDepth']],
  ])('is refused for its shape with every complaint: %#', async (body, paths) => {
    const answer = await create(body).expect(400);
    expect([...new Set(answer.body.errors.map(({ path }: { path: string }) => path))].sort()).toEqual(paths);
  });

  it('whose key is another’s is refused, and no refusal repeats the key', async () => {
    const [{ certificate }, { privateKey }] = [made(fresh()), made(fresh())];
    const { body } = await create({ name: newName(), certificate, privateKey }).expect(422);
    expect(body).toMatchObject({ code: 'InvalidCertificate', errors: [{ path: 'privateKey' }] });
    expect(JSON.stringify(body)).not.toContain(privateKey.split('\n')[1]);
  });

  it('that has ended, or has not begun, is taken with a warning', async () => {
    const at = (from: number, to: number) => makeCertificate({ name: 'x', from: new Date(from), to: new Date(to) });
    const now = Date.now();
    for (const [{ certificate, privateKey }, code] of [
      [at(0, now - 60_000), 'CertificateExpired'],
      [at(now + 3_600_000, now + 7_200_000), 'CertificateNotYetValid'],
    ] as const) {
      const { body } = await create({ name: newName(), certificate, privateKey }).expect(201);
      expect(body.warnings).toMatchObject([{ code, path: 'certificate' }]);
    }
  });

  it('has a name of its own, and another account does not see it', async () => {
    const { certificate, privateKey } = made(fresh());
    const { body } = await create({ name: 'mine', certificate, privateKey }).expect(201);
    expect((await create({ name: 'mine', certificate, privateKey }).expect(409)).body.code).toBe('DuplicateCertificate');
    await create({ name: 'mine', certificate, privateKey }, stranger).expect(201);
    const whole = { name: 'x', certificate, privateKey };
    for (const [call, sent] of [
      [`GET /certificates/${body.id}`],
      [`PATCH /certificates/${body.id}`, {}],
      [`PUT /certificates/${body.id}`, whole],
      [`DELETE /certificates/${body.id}`],
    ] as const)
      expect((await stranger.send(call, sent).expect(404)).body.code).toBe('NotFoundCertificate');
    await create(whole, viewer).expect(403);
    await patch(body.id, {}, viewer).expect(403);
    await viewer.send(`PUT /certificates/${body.id}`, whole).expect(403);
    await viewer.send(`DELETE /certificates/${body.id}`).expect(403);
    const { body: theirs } = await stranger.send('GET /certificates').expect(200);
    expect(theirs.items.map(({ name }: { name: string }) => name)).toEqual(['mine']);
    const first = await owner.send('GET /certificates?limit=1').expect(200);
    const second = await owner.send(`GET /certificates?limit=1&cursor=${first.body.next}`).expect(200);
    expect(second.body.items[0].id > first.body.items[0].id).toBe(true);
  });
});

describe('a domain', () => {
  it('names a certificate, which comes to its instance sealed, and leaves it with the last domain', async () => {
    const site = fresh();
    const { certificate, privateKey } = made(site, `*.${site}`);
    const mutual = { caCertificate: ca.certificate, verifyDepth: 2, passClientSubject: true };
    const { body: kept } = await create({ name: newName(), certificate, privateKey, ...mutual }).expect(201);
    const group = await owner.group();
    const { body } = await owner.send(`POST /groups/${group}/domains`, { domain: site, certificateId: kept.id }).expect(201);
    expect(body).toMatchObject({ certificateId: kept.id });
    expect(body).not.toHaveProperty('warnings');
    const chunk = await published(body.revision, kept.id);
    expect(chunk).toMatchObject({
      certificate,
      clientCa: { certificate: ca.certificate, verifyDepth: 2 },
      passClientSubject: true,
    });
    expect(keyOf(chunk as CertificateChunk)).toBe(privateKey);
    const of = await publishedChunk<GroupChunk>(app, body.revision, chunkKeys.group(group));
    expect(of?.domains).toMatchObject([{ domain: site, certificateId: kept.id }]);
    await bound(`a.${site}`, kept.id, group);
    const first = await owner.send(`DELETE /groups/${group}/domains/${site}`).expect(200);
    expect(await published(first.body.revision, kept.id)).not.toBeNull();
    const last = await owner.send(`DELETE /groups/${group}/domains/a.${site}`).expect(200);
    expect(await published(last.body.revision, kept.id)).toBeNull();
    await owner.send(`DELETE /certificates/${kept.id}`).expect(200);
  });

  it('changes to another certificate, and to none, without being unbound', async () => {
    const site = fresh();
    const [one, two] = [await stored(site), await stored(site)];
    const group = await bound(site, one);
    const edit = (body: object, by = owner) => by.send(`PATCH /groups/${group}/domains/${site}`, body);
    const { headers } = await owner.send(`GET /groups/${group}/domains/${site}`).expect(200);
    await edit({ certificateId: two }).set('If-Match', '"stale"').expect(412);
    const touched = await log.during(() => edit({ certificateId: two }).set('If-Match', String(headers.etag)).expect(200));
    expect(touched).toEqual({ [defaultId]: [...[one, two].map(chunkKeys.certificate).sort(), chunkKeys.group(group)] });
    const { body } = await edit({ certificateId: null, stage: 'TEST' }).expect(200);
    expect(body).toMatchObject({ domain: site, certificateId: null, stage: 'TEST', type: 'internet' });
    expect(await published(body.revision, two)).toBeNull();
    expect((await edit({ stage: 'GRAY' }).expect(422)).body.code).toBe('NotFoundStage');
    await edit({ patterns: ['{a}.x'] }).expect(400);
    await edit({ domain: 'other.test' }).expect(400);
    await edit({ stage: null }, viewer).expect(403);
    expect((await edit({ stage: null }, stranger).expect(404)).body.code).toBe('NotFoundApiGroup');
    expect((await edit({ stage: null }).expect(200)).body.stage).toBeNull();
    await owner.send(`PATCH /groups/${group}/domains/none.test`, {}).expect(404);
  });

  it('names no certificate that is not there, or another account’s', async () => {
    const { certificate, privateKey } = made(fresh());
    const theirs = (await create({ name: newName(), certificate, privateKey }, stranger).expect(201)).body.id;
    const group = await owner.group();
    for (const certificateId of [theirs, 'f'.repeat(32)]) {
      const { body } = await owner.send(`POST /groups/${group}/domains`, { domain: fresh(), certificateId }).expect(422);
      expect(body).toMatchObject({ code: 'NotFoundCertificate', errors: [{ path: 'certificateId' }] });
    }
    for (const certificateId of ['x', 5, `${theirs}'`])
      await owner.send(`POST /groups/${group}/domains`, { domain: fresh(), certificateId }).expect(400);
  });

  it('is warned of a certificate that is not for it, or has ended', async () => {
    const group = await owner.group();
    const other = await stored(fresh());
    const bind = (domain: string, certificateId: string) =>
      owner.send(`POST /groups/${group}/domains`, { domain, certificateId });
    expect((await bind(fresh(), other).expect(201)).body.warnings).toMatchObject([
      { code: 'CertificateMismatch', path: 'certificateId' },
    ]);
    const site = fresh();
    const { certificate, privateKey } = makeCertificate({ name: 'x', hostNames: [site], from: new Date(0), to: new Date(1000) });
    const { body: ended } = await create({ name: newName(), certificate, privateKey }).expect(201);
    expect((await bind(site, ended.id).expect(201)).body.warnings).toMatchObject([{ code: 'CertificateExpired' }]);
  });

  it('takes its certificate along where its group goes, and leaves none behind when it goes or is taken', async () => {
    const site = fresh();
    const id = await stored(site);
    const group = await bound(site, id);
    const key = chunkKeys.certificate(id);
    const instanceId = (await owner.send('POST /instances', { name: newName() }).expect(201)).body.id;
    const moved = await log.during(() => owner.send(`POST /groups/${group}/migration`, { instanceId }).expect(200));
    for (const place of [defaultId, instanceId]) expect(moved[place]).toContain(key);
    const taker = (await owner.send('POST /groups', { name: newName(), instanceId }).expect(201)).body.id;
    const taken = await log.during(() => owner.send(`POST /groups/${taker}/domains`, { domain: site, force: true }).expect(201));
    expect(taken[instanceId]).toContain(key);
    await bound(`a.${site}`, id, group);
    const gone = await log.during(() => owner.send(`DELETE /groups/${group}`).expect(200));
    expect(gone[instanceId]).toContain(key);
  });
});

describe('a change of a certificate', () => {
  it('is in force on all domains at once, on every instance', async () => {
    const site = fresh();
    const id = await stored(site);
    const group = await bound(site, id);
    const instanceId = (await owner.send('POST /instances', { name: newName() }).expect(201)).body.id;
    const far = (await owner.send('POST /groups', { name: newName(), instanceId }).expect(201)).body.id;
    await bound(`a.${site}`, id, far);
    const { certificate, privateKey } = made(site);
    const key = chunkKeys.certificate(id);
    let answer = { revision: 0, warnings: [] as object[] };
    const touched = await log.during(async () => {
      answer = (await patch(id, { certificate, privateKey }).expect(200)).body;
    });
    expect(touched).toEqual({ [defaultId]: [key], [instanceId]: [key] });
    expect(answer.warnings).toMatchObject([{ code: 'CertificateMismatch', message: expect.stringContaining(`a.${site}`) }]);
    const revision = (await owner.send(`PATCH /groups/${group}`, { description: 'x' }).expect(200)).body.revision;
    const chunk = (await published(revision, id)) as CertificateChunk;
    expect(chunk.certificate).toBe(certificate);
    expect(createPrivateKey(keyOf(chunk)).equals(createPrivateKey(privateKey))).toBe(true);
  });

  it('keeps the key that it does not bring, if that still fits', async () => {
    const site = fresh();
    const one = made(site);
    const { body: kept } = await create({ name: newName(), certificate: one.certificate, privateKey: one.privateKey }).expect(
      201,
    );
    const renewed = makeCertificate({ name: site, hostNames: [site], key: one.key });
    const { body } = await patch(kept.id, { certificate: renewed.certificate }).expect(200);
    expect(body.fingerprint).not.toBe(kept.fingerprint);
    const { certificate } = made(site);
    expect((await patch(kept.id, { certificate }).expect(422)).body.errors).toMatchObject([{ path: 'privateKey' }]);
    const { headers } = await owner.send(`GET /certificates/${kept.id}`).expect(200);
    await patch(kept.id, { description: 'x' }).set('If-Match', '"stale"').expect(412);
    await patch(kept.id, { description: 'x' }).set('If-Match', String(headers.etag)).expect(200);
    const put = await owner.send(`PUT /certificates/${kept.id}`, { name: 'put', certificate: renewed.certificate }).expect(200);
    expect(put.body).toMatchObject({ name: 'put', description: '' });
    const mutual = await patch(kept.id, { caCertificate: ca.certificate }).expect(200);
    expect(mutual.body).toMatchObject({ caCertificate: ca.certificate, verifyDepth: 1 });
    expect((await patch(kept.id, { caCertificate: null, verifyDepth: null }).expect(200)).body).toMatchObject({
      caCertificate: null,
      verifyDepth: null,
    });
    for (const wrong of [{ privateKey: 5 }, { certificate: null }, { name: null }, { subject: 'x' }, []])
      await patch(kept.id, wrong).expect(400);
  });
});

describe('a deleted certificate', () => {
  it('is one that no domain names; the refusal says which do', async () => {
    const site = fresh();
    const id = await stored(site);
    const group = await bound(site, id);
    const { body } = await owner.send(`DELETE /certificates/${id}`).expect(409);
    expect(body).toMatchObject({ code: 'DependencyViolationCertificate' });
    expect(body.detail).toContain(site);
    expect(body.detail).toContain(group);
    await owner.send(`DELETE /groups/${group}/domains/${site}`).expect(200);
    const { headers } = await owner.send(`GET /certificates/${id}`);
    await owner.send(`DELETE /certificates/${id}`).set('If-Match', '"stale"').expect(412);
    await owner.send(`DELETE /certificates/${id}`).set('If-Match', String(headers.etag)).expect(200);
    await owner.send(`GET /certificates/${id}`).expect(404);
    await owner.send(`DELETE /certificates/${id}`).expect(404);
  });

  it('keeps its account from being deleted', async () => {
    const account = await app.account('holding');
    const by = ownerOf(app, await app.token('admin', account));
    const { certificate, privateKey } = made(fresh());
    await create({ name: 'kept', certificate, privateKey }, by).expect(201);
    expect((await owner.send(`DELETE /accounts/${account}`).expect(409)).body.detail).toContain('certificates (1)');
  });
});

describeOnPostgres('at the same time', () => {
  it('a certificate is not deleted under a domain that comes to name it', async () => {
    for (let round = 0; round < 5; round++) {
      const site = fresh();
      const id = await stored(site);
      const group = await owner.group();
      const [gone, named] = await Promise.all([
        owner.send(`DELETE /certificates/${id}`),
        owner.send(`POST /groups/${group}/domains`, { domain: site, certificateId: id }),
      ]);
      expect([
        [200, 422],
        [409, 201],
      ]).toContainEqual([gone.status, named.status]);
    }
  });

  it('no instance misses a change while a group with the certificate moves there', async () => {
    for (let round = 0; round < 5; round++) {
      const site = fresh();
      const id = await stored(site);
      const group = await bound(site, id);
      const instanceId = (await owner.send('POST /instances', { name: newName() }).expect(201)).body.id;
      await Promise.all([
        owner.send(`POST /groups/${group}/migration`, { instanceId }).expect(200),
        patch(id, { description: 'changed' }).expect(200),
      ]);
      const [last] = await app.dataSource.query(
        `SELECT e.action, jsonb_path_exists(e.revisions, '$[*] ? (@.instanceId == $id)', jsonb_build_object('id', $1::text)) AS told
         FROM audit_events e WHERE e.resource_id IN ($2, $3) ORDER BY e.id DESC LIMIT 1`,
        [instanceId, id, group],
      );
      expect(last.told).toBe(true);
    }
  });
});
