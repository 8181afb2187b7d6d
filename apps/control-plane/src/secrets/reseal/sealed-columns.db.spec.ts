/** No sealed column is missing from the list that a reseal walks: whoever adds one is told here. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ownerOf } from '../../testing/owner.js';
import { plantSecrets } from '../../testing/secrets/plant-secrets.js';
import { startTestApp, type TestApp } from '../../testing/test-app.js';
import { buildEstate } from '../../testing/walk/estate.js';
import { sealedColumns } from './sealed-columns.js';

/** Filled by what no estate does, and never with secrets. */
const MAY_BE_EMPTY = new Set(['migrations', 'outbox', 'audit_unchained', 'audit_chain', 'nodes']);
/** Sealed with keys of instances, and published anew as a whole. */
const PUBLISHED = new Set(['chunks', 'published_manifests']);
const SEALED = 'v1\\.[A-Za-z0-9_-]{1,64}\\.[A-Za-z0-9_-]{38,}';

let app: TestApp;
let columns: { table: string; column: string }[];

beforeAll(async () => {
  app = await startTestApp();
  const owner = ownerOf(app, app.admin);
  const estate = await buildEstate(owner, owner, 'ESTATE');
  const { groupId } = await plantSecrets(owner, 'columns');
  await owner.send(`PUT /groups/${groupId}/stages/RELEASE/variables`, { name: 'value' }).expect(200);
  await owner.send(`POST /groups/${groupId}/models`, { name: 'model', schema: { type: 'object' } }).expect(201);
  await owner.send('POST /tags', { resourceType: 'group', resourceId: groupId, tags: [{ key: 'k', value: 'v' }] }).expect(200);
  await owner.send(`DELETE /apps/${await owner.app()}`).expect(200);
  const move = { instanceId: estate.paths['instances/*'] };
  await owner.send(`POST /groups/${groupId}/migration`, move).expect(200);
  columns = await app.dataSource.query(
    `SELECT c.table_name AS "table", c.column_name AS "column" FROM information_schema.columns c
     JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' ORDER BY 1, 2`,
  );
}, 60_000);
afterAll(() => app.close());

const nameOf = ({ table, column }: { table: string; column: string }) => `${table}.${column}`;
const holds = async (table: string, where: string) => {
  const [row]: unknown[] = await app.dataSource.query(`SELECT 1 FROM "${table}" t WHERE ${where} LIMIT 1`);
  return row !== undefined;
};

describe('the columns that a reseal walks', () => {
  it('are looked for in a store where every table holds something', async () => {
    const empty: string[] = [];
    for (const table of new Set(columns.map((each) => each.table)))
      if (!MAY_BE_EMPTY.has(table) && !(await holds(table, 'true'))) empty.push(table);
    expect(empty.map((table) => `nothing is in ${table}: let the estate or this spec put something there`)).toEqual([]);
  });

  it('are all that hold a sealed text', async () => {
    const found: string[] = [];
    for (const { table, column } of columns)
      if (!PUBLISHED.has(table) && (await holds(table, `t."${column}"::text ~ '${SEALED}'`)))
        found.push(nameOf({ table, column }));
    expect(found.sort()).toEqual(sealedColumns.map(nameOf).sort());
  });
});
