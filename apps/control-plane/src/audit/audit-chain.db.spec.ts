/** Nobody rewrites the audit log unseen. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { newName, type Owner, ownerOf } from '../testing/owner.js';
import { startTestApp, type TestApp } from '../testing/test-app.js';

let app: TestApp;
let owner: Owner;

beforeAll(async () => {
  app = await startTestApp();
  owner = ownerOf(app, app.admin);
});
afterAll(() => app.close());

const verify = async () => (await owner.send('GET /audit-events/verify').expect(200)).body;
const sql = (text: string): Promise<unknown[]> => app.dataSource.query(text);
/** As somebody does who owns the database. */
const tamper = async (text: string) => {
  for (const table of ['audit_events', 'audit_chain']) await sql(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
  await sql(text);
  for (const table of ['audit_events', 'audit_chain']) await sql(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
};

it('every write lengthens the chain by one link, which holds', async () => {
  await owner.group();
  const { end, holds } = await verify();
  expect([holds, end]).toEqual([true, { sequence: expect.any(Number), hash: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
  await Promise.all([owner.group(), owner.group(), owner.app()]);
  const next = await verify();
  expect([next.holds, next.end.sequence]).toEqual([true, end.sequence + 3]);
  expect(await verify()).toEqual(next);
});

it('each account has a chain of its own', async () => {
  const id = await app.account(newName().replace(/\d/g, 'x'));
  const other = ownerOf(app, await app.token('admin', id));
  const before = (await other.send('GET /audit-events/verify').expect(200)).body.end?.sequence ?? 0;
  await other.group();
  expect((await other.send('GET /audit-events/verify').expect(200)).body).toMatchObject({
    holds: true,
    end: { sequence: before + 1 },
  });
});

it('the store itself refuses to alter or remove events and links', async () => {
  for (const text of [
    "UPDATE audit_events SET action = 'x'",
    'DELETE FROM audit_events',
    'DELETE FROM audit_chain',
    'TRUNCATE audit_chain',
  ])
    await expect(sql(text)).rejects.toThrow('append-only');
});

it('an event that was altered, taken out or slipped in all the same is found, with its place', async () => {
  await owner.group();
  const good = await verify();
  const [mine] = (await sql(
    `SELECT event_id FROM audit_chain WHERE account_id = (SELECT account_id FROM groups LIMIT 1) ORDER BY sequence DESC LIMIT 1`,
  )) as { event_id: string }[];
  const changed = `UPDATE audit_events SET token_name = token_name || 'x' WHERE id = ${mine!.event_id}`;
  await tamper(changed);
  expect(await verify()).toMatchObject({
    holds: false,
    end: { sequence: good.end.sequence - 1 },
    broken: { at: good.end.sequence, eventId: mine!.event_id, reason: 'The event or a link was altered.' },
  });
  await tamper(`UPDATE audit_events SET token_name = left(token_name, -1) WHERE id = ${mine!.event_id}`);
  expect(await verify()).toEqual(good);
  await tamper(
    `INSERT INTO audit_events (account_id, token_id, token_name, request_id, action, resource_type, resource_id)
     SELECT account_id, 't', 'n', 'r', 'forged', 'group', 'x' FROM groups LIMIT 1`,
  );
  expect(await verify()).toMatchObject({ holds: false, broken: { reason: 'The event has no link.' } });
});
