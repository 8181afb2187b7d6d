/** Rotation over HTTP: a new secret at once, the old one for as long as was asked. */
import { type AppsChunk, appBucket, chunkKeys, sealedPaths } from '@causeway/contract';
import { describeOnPostgres } from '@causeway/test-stores';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openPublished } from '../testing/open-published.js';
import { newName, type Owner, ownerOf } from '../testing/owner.js';
import { publishedChunk } from '../testing/published.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';
import { RetiredSecrets } from './retired-secrets.js';

let app: TestApp;
let owner: Owner;

beforeAll(async () => {
  app = await startTestApp();
  owner = ownerOf(app, app.admin);
});
afterAll(() => app.close());

interface Made {
  readonly id: string;
  readonly key: string;
  readonly secret: string;
}

async function newApp(): Promise<Made> {
  return (await owner.send('POST /apps', { name: newName() }).expect(201)).body as Made;
}

const rotate = ({ id, key }: Made, body?: object) => owner.send(`POST /apps/${id}/keys/${key}/rotation`, body);

/** Secrets of a key as a data plane opens them. */
async function published(revision: number, { id, key }: Made) {
  const chunk = await publishedChunk<AppsChunk>(app, revision, chunkKeys.apps(appBucket(id)));
  const pair = chunk?.apps.find((each) => each.id === id)?.keys.find((each) => each.key === key);
  if (pair === undefined) throw new Error('The key is not published');
  const { secret, previous } = pair;
  return {
    secret: await openPublished(app, sealedPaths.appSecret(key), secret),
    previous:
      previous === null
        ? null
        : { secret: await openPublished(app, sealedPaths.previousAppSecret(key), previous.secret), until: previous.until },
  };
}

describe('a rotation', () => {
  it('gives a key a new secret at once, which shows in this answer only, and ends the old one', async () => {
    const made = await newApp();
    const answer = await rotate(made).expect(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    const { secret, revision } = answer.body;
    expect(answer.body).toEqual({
      key: made.key,
      secret: expect.stringMatching(/^[A-Za-z0-9]{32}$/),
      createdAt: expect.any(String),
      revision: expect.any(Number),
    });
    expect(secret).not.toBe(made.secret);
    expect(await published(revision, made)).toEqual({ secret, previous: null });
    expect((await owner.send(`GET /apps/${made.id}`)).body.keys).toMatchObject([{ key: made.key, secret: '******' }]);
    expect((await owner.send(`GET /apps/${made.id}?reveal=secrets`)).body.keys).toMatchObject([{ secret }]);
  });

  it('leaves the old secret in force for the overlap, and says until when', async () => {
    const made = await newApp();
    const before = Date.now();
    const { body } = await rotate(made, { overlapSeconds: 600, secret: 'the-new-one' }).expect(200);
    const untilMs = Date.parse(body.previousUntil);
    expect(untilMs - 600_000).toBeGreaterThanOrEqual(before - 1);
    expect(untilMs - 600_000).toBeLessThanOrEqual(Date.now() + 1);
    const { secret, previous } = await published(body.revision, made);
    expect([secret, previous?.secret, Date.parse(previous?.until ?? '')]).toEqual(['the-new-one', made.secret, untilMs]);
    const shown = { key: made.key, secret: '******', previousUntil: body.previousUntil };
    expect((await owner.send(`GET /apps/${made.id}`)).body.keys).toMatchObject([shown]);
    expect((await owner.send(`GET /apps/${made.id}/keys`)).body.items).toMatchObject([shown]);
  });

  it('within an overlap keeps the latest previous secret only', async () => {
    const made = await newApp();
    const { body: first } = await rotate(made, { overlapSeconds: 600 }).expect(200);
    const { body: second } = await rotate(made, { overlapSeconds: 60 }).expect(200);
    expect(await published(second.revision, made)).toMatchObject({
      secret: second.secret,
      previous: { secret: first.secret },
    });
    const { body: third } = await rotate(made).expect(200);
    expect(await published(third.revision, made)).toEqual({ secret: third.secret, previous: null });
  });

  it('changes that key only', async () => {
    const made = await newApp();
    const { body: other } = await owner.send(`POST /apps/${made.id}/keys`).expect(201);
    const { body } = await rotate(made).expect(200);
    expect(await published(body.revision, { ...made, key: other.key })).toEqual({ secret: other.secret, previous: null });
  });

  it.each([
    [{ overlapSeconds: -1 }, 'overlapSeconds'],
    [{ overlapSeconds: 86_401 }, 'overlapSeconds'],
    [{ overlapSeconds: 1.5 }, 'overlapSeconds'],
    [{ overlapSeconds: '60' }, 'overlapSeconds'],
    [{ overlapSeconds: null }, 'overlapSeconds'],
    [{ secret: '' }, 'secret'],
    [{ secret: 'x'.repeat(129) }, 'secret'],
    [{ key: 'other' }, 'key'],
  ])('is not made of %j, and changes nothing then', async (body, path) => {
    const made = await newApp();
    const answer = await rotate(made, body).expect(400);
    expect(new Set(answer.body.errors.map((error: { path: string }) => error.path))).toEqual(new Set([path]));
    expect((await owner.send(`GET /apps/${made.id}?reveal=secrets`)).body.keys).toMatchObject([{ secret: made.secret }]);
  });

  it('of a key that the app does not have is refused', async () => {
    const [made, other] = [await newApp(), await newApp()];
    const { body } = await rotate({ ...made, key: other.key }).expect(404);
    expect(body.code).toBe('NotFoundAppKey');
  });

  it('stands in the audit log with its key and overlap', async () => {
    const made = await newApp();
    await rotate(made, { overlapSeconds: 86_400 }).expect(200);
    const rows = await app.dataSource.query(
      "SELECT details FROM audit_events WHERE action = 'app.key.rotate' AND resource_id = $1",
      [made.id],
    );
    expect(rows).toEqual([{ details: { key: made.key, overlapSeconds: 86_400 } }]);
  });
});

describe('a secret past its overlap', () => {
  const pastOverlap = async () => {
    const made = await newApp();
    await rotate(made, { overlapSeconds: 600 }).expect(200);
    await app.dataSource.query("UPDATE app_keys SET previous_until = now() - interval '1 s' WHERE key = $1", [made.key]);
    return made;
  };

  it('is neither published nor told of', async () => {
    const made = await pastOverlap();
    const { body } = await owner.send(`PATCH /apps/${made.id}`, { extend: 'x' }).expect(200);
    expect(body.keys[0]).not.toHaveProperty('previousUntil');
    expect((await published(body.revision, made)).previous).toBeNull();
  });

  it('is taken out of the store; one within its overlap stays', async () => {
    const [made, within] = [await pastOverlap(), await newApp()];
    await rotate(within, { overlapSeconds: 600 }).expect(200);
    await new RetiredSecrets(app.dataSource).sweep();
    const kept = async ({ key }: Made) =>
      (await app.dataSource.query('SELECT previous_secret IS NOT NULL AS kept FROM app_keys WHERE key = $1', [key]))[0].kept;
    expect([await kept(made), await kept(within)]).toEqual([false, true]);
  });
});

describe('a deleted key', () => {
  it('is gone from what data planes are given', async () => {
    const made = await newApp();
    const { body: other } = await owner.send(`POST /apps/${made.id}/keys`).expect(201);
    const { body } = await owner.send(`DELETE /apps/${made.id}/keys/${made.key}`).expect(200);
    await expect(published(body.revision, made)).rejects.toThrow('not published');
    expect((await published(body.revision, { ...made, key: other.key })).secret).toBe(other.secret);
  });
});

describeOnPostgres('two rotations at the same time', () => {
  it('take turns: the later keeps the secret of the earlier as the previous one', async () => {
    const made = await newApp();
    const answers = await Promise.all([1, 2].map(() => rotate(made, { overlapSeconds: 600 })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const [earlier, later] = answers.map(({ body }) => body).sort((a, b) => a.revision - b.revision);
    const { secret, previous } = await published(later.revision, made);
    expect([secret, previous?.secret]).toEqual([later.secret, earlier.secret]);
  });
});
