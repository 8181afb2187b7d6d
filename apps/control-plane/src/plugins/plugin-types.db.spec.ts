/** The types that a plugin may have. */
import { PLUGIN_TYPES } from '@causeway/contract';
import { checkPlugin } from '@causeway/plugins';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { newName, type Owner, ownerOf } from '../testing/owner.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';

let app: TestApp;
let owner: Owner;

beforeAll(async () => {
  app = await startTestApp();
  owner = ownerOf(app, app.admin);
});
afterAll(() => app.close());

it('are shown in the order of the list: each runs, with an example that is taken', async () => {
  const { body } = await owner.send('GET /plugin-types').expect(200);
  const shown = body.items.map((each: { type: string; runs: boolean }) => [each.type, each.runs]);
  expect(shown).toEqual(PLUGIN_TYPES.map((type) => [type, true]));
  for (const { type, example } of body.items) expect([type, checkPlugin(type, parse(example)).problems]).toEqual([type, []]);
});

it('are all there are: another is refused with them', async () => {
  const { body } = await owner.send('POST /plugins', { name: newName(), type: 'nothing', config: {} }).expect(422);
  expect(body.errors).toEqual([{ path: 'type', message: `must be one of ${PLUGIN_TYPES.join(', ')}` }]);
});

it('may each be kept and bound, as logMask is', async () => {
  const config = 'rules:\n- { name: one, location: REQUEST_BODY, matchMode: EMAIL }\n';
  const { body } = await owner.send('POST /plugins', { name: newName(), type: 'logMask', config }).expect(201);
  expect(body.config).toBe(config);
  await owner.send(`POST /plugins/${body.id}/bindings`, { groupId: await owner.group(), stage: 'RELEASE' }).expect(201);
  const wrong = { rules: [{ name: 'one', location: 'REQUEST_BODY', matchMode: '(a+)+$' }] };
  const refused = await owner.send(`PUT /plugins/${body.id}`, { config: wrong }).expect(422);
  expect(refused.body).toMatchObject({ code: 'InvalidPluginData', errors: [{ path: 'config.rules[0].matchMode' }] });
});
