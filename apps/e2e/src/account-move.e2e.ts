/** A whole account of the old gateway moves in over the management API alone, and its clients find everything as it was. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Answer, Told } from './harness/management.js';
import { apiOf } from './harness/old-account/account.js';
import { farOf } from './harness/old-account/calls.js';
import { expectServed, verdictOf } from './harness/old-account/clients.js';
import { APPLIED, type Estate, startEstate } from './harness/old-account/estate.js';
import { under } from './harness/old-account/groups.js';
import { guardOf } from './harness/old-account/guards.js';
import { type Step, stepsOf, take } from './harness/old-account/move-in.js';
import { APP_CODE_PLACE } from './harness/old-account/signed-kinds.js';
import { everything } from './harness/pages.js';
import { sign } from './harness/sign.js';

let estate: Estate;
let steps: Step[][];
let moved: Told[];

beforeAll(async () => {
  estate = await startEstate(`k1:${randomBytes(32).toString('base64')}`);
  steps = stepsOf(estate.account, Object.values(estate.instances));
}, 120_000);
afterAll(() => estate?.gateway.stop(), 60_000);

it('is taken whole', async () => {
  moved = await take(estate.management, steps, true);
  const refused = steps.flat().filter((_, n) => moved[n] === undefined || problemsIn(moved[n]).length > 0);
  expect(refused).toEqual([]);
  await estate.inForce();
}, 60_000);

it('is not changed by a move that is repeated with the same keys: each call gets the answer that it got', async () => {
  const before = await newest();
  const isPost = ({ call }: Step) => call.startsWith('POST');
  const posts = steps.map((list) => list.filter(isPost));
  const answers = moved.filter((_, n) => isPost(steps.flat()[n] as Step));
  expect(await take(estate.management, posts, true)).toEqual(answers);
  expect(await newest()).toEqual(before);
}, 60_000);

it('is not changed by a move without keys: each call is told what is there', async () => {
  const before = await newest();
  const creations = steps.map((list) => list.filter(({ taken }) => taken !== undefined));
  const answers = await take(estate.management, creations);
  const told = creations.flat().map(({ call }, n) => [call, [...new Set(problemsIn(answers[n] as Told))]]);
  expect(told).toEqual(creations.flat().map(({ call, taken }) => [call, [`409 ${taken}`]]));
  expect(await newest()).toEqual(before);
}, 60_000);

it('is listed whole: each thing once, page after page', async () => {
  const { groups, apis, apps, plugins, grants, datasets, accesses } = estate.account;
  const listed = await Promise.all([
    values('/groups', 'id'),
    ...groups.map(({ id }) => values(`/groups/${id}/apis`, 'id')),
    ...groups.map(({ id }) => values(`/groups/${id}/domains`, 'domain')),
    values('/apps', 'id'),
    values('/plugins', 'id'),
    ...plugins.map(({ id }) => values(`/plugins/${id}/bindings`, 'apiId', 'groupId')),
    values('/vpc-accesses', 'name'),
    values('/datasets', 'id'),
    ...datasets.map(({ id }) => values(`/datasets/${id}/items`, 'value')),
    values('/grants', 'appId', 'apiId', 'stage'),
  ]);
  const masked = (type: string, value: string) => (type === 'BASIC_AUTH_ACCESS' ? value.replace(/:.*/, ':******') : value);
  expect(listed).toEqual(
    [
      groups.map(({ id }) => id),
      ...groups.map(({ n }) => apis.filter(({ group }) => group.n === n).map(({ id }) => id)),
      ...groups.map(({ domains }) => domains.map(({ domain }) => domain)),
      apps.map(({ id }) => id),
      plugins.map(({ id }) => id),
      ...plugins.map(({ bindTo }) => ('apiIds' in bindTo ? bindTo.apiIds.map((id) => `${id} `) : [` ${bindTo.groupId}`])),
      accesses.map(({ name }) => name),
      datasets.map(({ id }) => id),
      ...datasets.map(({ type, values }) => values.map((value) => masked(type, value))),
      grants.flatMap(({ apiId, apiIds = [apiId], appId, appIds = [appId], stage }) =>
        apiIds.flatMap((api) => appIds.map((app) => `${app} ${api} ${stage}`)),
      ),
    ].map((list) => list.sort()),
  );
  expect([apis.length, listed.at(-1)?.length]).toEqual([400, 600]);
}, 60_000);

it('is on record: every write once, in one order', async () => {
  const { management, instances } = estate;
  const events = await everything<{ id: string; action: string; resourceId: string }>(management, '/audit-events', 50);
  expect(events).toEqual(await everything(management, '/audit-events'));
  const made = events.filter(({ action }) => action === 'group.create').map(({ resourceId }) => resourceId);
  expect(made.sort()).toEqual(estate.account.groups.map(({ id }) => id).sort());
  const revisions = await everything<{ revision: number }>(management, `/revisions?instanceId=${instances.default}`, 50);
  const last = revisions[0]?.revision ?? 0;
  expect(revisions.map(({ revision }) => revision)).toEqual(revisions.map((_, n) => last - n));
  expect(revisions.length).toBeGreaterThan(steps.flat().length / 2);
}, 60_000);

it('is served: every API gives its clients what they get', async () => {
  await expectServed(estate, estate.account.apis);
}, 60_000);

it('knows each app by its key and by its AppCode', async () => {
  const api = apiOf(estate.account.apis, 'signed', farOf(0));
  const target = under(api.group, '/signed');
  const verdicts = await Promise.all(
    estate.account.apps.flatMap((app) =>
      [sign({ target }, app).headers, { [APP_CODE_PLACE.name]: app.appCode }].map((credentials) =>
        verdictOf(estate, api, { target, headers: { ...credentials, 'X-Ca-Stage': 'PRE' } }),
      ),
    ),
  );
  expect(verdicts).toEqual(estate.account.apps.flatMap(() => ['200 -', '200 -']));
});

it('lets an app in from its grant on, until that ends', async () => {
  const api = apiOf(estate.account.apis, 'signed', 1);
  const app = estate.account.apps[39];
  if (app === undefined) throw new Error('There are forty apps');
  const target = under(api.group, '/signed');
  const ask = () => verdictOf(estate, api, { target, headers: sign({ target }, app).headers });
  const grant = (expiresAt: string | null) =>
    estate.management.call(`POST /grants?${APPLIED}`, { apiId: api.id, appIds: [app.id], stage: 'RELEASE', expiresAt });
  expect(await ask()).toBe('403 I403AA');
  await grant(null);
  expect(await ask()).toBe('200 -');
  await grant(new Date(Date.now() + 2500).toISOString());
  let verdict = await ask();
  while (verdict === '200 -') verdict = await ask();
  expect(verdict).toBe('403 A403EP');
});

it('counts what it limits', async () => {
  const api = apiOf(estate.account.apis, 'guarded', guardOf('trafficControl'));
  const ask = () => verdictOf(estate, api, { target: under(api.group, '/guarded/more') });
  // One a day: a day may end between two of these, but not twice.
  expect([await ask(), await ask(), await ask()]).toContain('429 T429PR');
});

/** Status and code of what was refused, or of each part of it. */
function problemsIn({ status, text }: Told): string[] {
  const answer = JSON.parse(text) as { code?: string; items?: Array<{ problem?: { status: number; code: string } }> };
  if (status >= 300) return [`${status} ${answer.code}`];
  return (answer.items ?? []).flatMap(({ problem }) => (problem === undefined ? [] : [`${problem.status} ${problem.code}`]));
}

/** What every write moves on. */
async function newest(): Promise<unknown> {
  const { management, instances } = estate;
  const lists = [...Object.values(instances).map((id) => `/revisions?instanceId=${id}&limit=1`), '/audit-events?limit=1'];
  return Promise.all(lists.map((list) => management.call(`GET ${list}`)));
}

/** Of everything in a list, in small pages; the fields side by side, sorted. */
async function values(path: string, ...fields: string[]): Promise<string[]> {
  const items = await everything<Answer>(estate.management, path, path === '/grants' ? 97 : 7);
  return items.map((item) => fields.map((field) => item[field] ?? '').join(' ')).sort();
}
