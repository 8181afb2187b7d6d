/** What a group's chunk says of its domains. */
import { chunkKeys, type GroupChunk } from '@causeway/contract';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Owner, ownerOf } from '../../testing/owner.js';
import { publishedChunk } from '../../testing/published.js';
import { startTestApp, type TestApp } from '../../testing/test-app.js';

let app: TestApp;
let owner: Owner;

beforeAll(async () => {
  app = await startTestApp();
  owner = ownerOf(app, app.admin);
});
afterAll(() => app.close());

it('a group that is switched off from the internet keeps the domains of its VPC alone, until it is switched on again', async () => {
  const group = await owner.group();
  await owner.send(`POST /groups/${group}/domains`, { domain: 'open.test' }).expect(201);
  await owner.send(`POST /groups/${group}/domains`, { domain: 'inside.test', type: 'intranet' }).expect(201);
  const switched = async (network: object) => {
    const { body } = await owner.send(`PATCH /groups/${group}`, { network }).expect(200);
    const chunk = await publishedChunk<GroupChunk>(app, body.revision, chunkKeys.group(group));
    return { publicDomain: chunk?.publicDomain, domains: chunk?.domains.map(({ domain }) => domain) };
  };
  expect(await switched({ internet: false })).toEqual({ publicDomain: false, domains: ['inside.test'] });
  expect(await switched({ internet: true, publicDomain: false })).toEqual({
    publicDomain: false,
    domains: ['inside.test', 'open.test'],
  });
});
