/** Plugins of types that data planes do not run yet: kept as they were sent, and bound to nothing. */
import { PLUGIN_TYPES } from '@causeway/contract';
import { findPlugin } from '@causeway/plugins';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newName, type Owner, ownerOf } from '../testing/owner.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';

const [type = ''] = PLUGIN_TYPES.filter((each) => findPlugin(each) === undefined);
const TEXT = '---\n# as it came\nanyField: [1, {deep: planted-in-the-future}]\n';
const NOT_RUN = { code: 'PluginTypeNotRun', path: 'type', message: expect.stringContaining(`of type ${type} is stored`) };

let app: TestApp;
let owner: Owner;

beforeAll(async () => {
  app = await startTestApp();
  owner = ownerOf(app, app.admin);
});
afterAll(() => app.close());

const create = (config: unknown, name = newName()) => owner.send('POST /plugins', { name, type, config });

it('every type is shown, in the order of the list, with whether it runs', async () => {
  const { body } = await owner.send('GET /plugin-types').expect(200);
  const shown = body.items.map((each: { type: string; runs: boolean }) => [each.type, each.runs]);
  expect(shown).toEqual(PLUGIN_TYPES.map((each) => [each, findPlugin(each) !== undefined]));
});

it('a type that is none is refused with all that there are', async () => {
  const { body } = await owner.send('POST /plugins', { name: newName(), type: 'nothing', config: {} }).expect(422);
  expect(body.errors).toEqual([{ path: 'type', message: `must be one of ${PLUGIN_TYPES.join(', ')}` }]);
});

(type === '' ? describe.skip : describe)('a type that does not run yet', () => {
  it('is kept as it was sent, warned of, and shown to those only who may see secrets', async () => {
    const { body } = await create(TEXT).expect(201);
    expect(body).toMatchObject({ type, config: TEXT, warnings: [NOT_RUN] });
    expect((await owner.send(`GET /plugins/${body.id}`)).body.config).toBe('******');
    expect((await owner.send(`GET /plugins/${body.id}?reveal=secrets`)).body.config).toBe(TEXT);
    const viewer = ownerOf(app, await app.token('viewer'));
    await viewer.send(`GET /plugins/${body.id}?reveal=secrets`).expect(403);
    expect(app.log()).not.toContain('planted-in-the-future');
    const [row] = await app.dataSource.query('SELECT config FROM plugins WHERE id = $1', [body.id]);
    expect(row.config).not.toContain('planted-in-the-future');
  });

  it('keeps its text when it is written back as it is shown, and is replaced by any other', async () => {
    const { id } = (await create(TEXT).expect(201)).body;
    const shown = async () => (await owner.send(`GET /plugins/${id}?reveal=secrets`)).body.config;
    await owner.send(`PUT /plugins/${id}`, { config: '******\n' }).expect(200);
    expect(await shown()).toBe(TEXT);
    await owner.send(`PUT /plugins/${id}`, { config: { other: 1 } }).expect(200);
    expect(await shown()).toBe('{"other":1}');
  });

  it('is checked for what holds of every configuration', async () => {
    for (const config of [
      'a: 1\na: 2',
      'a: &x 1',
      '- 1',
      '',
      '******',
      `${'['.repeat(40)}${']'.repeat(40)}`,
      `a: ${'x'.repeat(51_200)}`,
    ]) {
      const { body } = await create(config).expect(422);
      expect([config.slice(0, 20), body.code, body.errors[0].path]).toEqual([config.slice(0, 20), 'InvalidPluginData', 'config']);
    }
    expect((await owner.send('POST /plugins/check', { type, config: 'a: 1' }).expect(200)).body).toEqual({
      problems: [],
      warnings: [NOT_RUN],
      summary: [],
    });
  });

  it('is bound to nothing, by a refusal that names it', async () => {
    const { id } = (await create(TEXT).expect(201)).body;
    const groupId = await owner.group();
    const { body } = await owner.send(`POST /plugins/${id}/bindings`, { groupId, stage: 'RELEASE' }).expect(422);
    expect(body).toMatchObject({ code: NOT_RUN.code, errors: [{ path: 'type', message: NOT_RUN.message }] });
    expect((await owner.send(`GET /plugins/${id}/bindings`)).body.items).toEqual([]);
    const stranger = ownerOf(app, await app.token('admin', await app.account(newName())));
    await stranger.send(`POST /plugins/${id}/bindings`, { groupId, stage: 'RELEASE' }).expect(404);
    await owner.send(`DELETE /plugins/${id}`).expect(200);
  });
});
