/** Starting on a store that an earlier release left: the key that hashes AppCodes is made once, by whoever holds the master key. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { CannotStart } from '../cannot-start.js';
import { Door } from '../change/door.js';
import { Settings } from '../config.js';
import { StoredSecrets } from '../secrets/stored-secrets.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';
import { Bootstrap } from './bootstrap.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

async function codeHashKey(): Promise<string | null> {
  return (await app.dataSource.query('SELECT code_hash_key FROM deployment_state'))[0].code_hash_key;
}

const startAgain = () => app.get(Bootstrap).onApplicationBootstrap();

it('the first start makes the key, and later ones keep it', async () => {
  const made = await codeHashKey();
  expect(made).toMatch(/^v1\.test\./);
  await startAgain();
  expect(await codeHashKey()).toBe(made);
});

it('a store without the key gets one, and only one when two start at once', async () => {
  await app.dataSource.query('UPDATE deployment_state SET code_hash_key = NULL');
  await Promise.all([startAgain(), startAgain()]);
  const made = await codeHashKey();
  expect(made).toMatch(/^v1\.test\./);
  await startAgain();
  expect(await codeHashKey()).toBe(made);
});

it('a start with the wrong master key fails and leaves no key behind', async () => {
  await app.dataSource.query('UPDATE deployment_state SET code_hash_key = NULL');
  const wrong = new StoredSecrets({ masterKeys: [{ id: 'test', key: randomBytes(32) }] } as never);
  const start = new Bootstrap(app.dataSource, app.get(Door), wrong, app.get(Settings)).onApplicationBootstrap();
  await expect(start).rejects.toThrow(CannotStart);
  expect(await codeHashKey()).toBeNull();
});
