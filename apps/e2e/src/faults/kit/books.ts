/** Whether everything that a control plane keeps of edits agrees: rows, revisions, what is published, and the audit log. */
import type pg from 'pg';
import { send } from '../../harness/http-client.js';
import type { Management } from '../../harness/management.js';
import { until } from '../../harness/until.js';
import type { DataPlane } from './bed.js';
import type { Edit } from './hands.js';
import { HOST, type Slot } from './ledger.js';

/** Every way in which they do not agree, in words: edits that are lost, half there or there twice, and revisions left out. */
export async function disagreements(database: pg.Pool, management: Management, edits: readonly Edit[]): Promise<string[]> {
  await untilSettled(database);
  const wrong = await ofRevisions(database);
  const { holds } = await management.call<{ holds: boolean }>('GET /audit-events/verify');
  if (!holds) wrong.push('the chain of audit events is broken');
  for (const slot of new Set(edits.map((one) => one.slot))) {
    const expected = edits.filter((one) => one.slot === slot && one.revision !== undefined).map(({ revision }) => revision);
    const { rows } = await database.query(
      `SELECT (revisions->0->>'revision')::int AS revision FROM audit_events
       WHERE resource_id = $1 AND action = 'plugin.replace' ORDER BY revision`,
      [slot.pluginId],
    );
    const noted = rows.map(({ revision }) => revision);
    if (`${noted}` !== `${expected}`)
      wrong.push(`${slot.path}: the audit log has revisions ${noted}, editors know of ${expected}`);
    const { config } = await management.call<{ config: string }>(`GET /plugins/${slot.pluginId}`);
    const [, number] = /"?body"?: *"?(\d+)/.exec(config) ?? [];
    if (number !== `${slot.acknowledged}`) wrong.push(`${slot.path}: the row says ${number}, not ${slot.acknowledged}`);
  }
  return wrong;
}

/** What each node answers in each slot that is not the last edit which is in the database. */
export async function notShown(nodes: readonly DataPlane[], slots: readonly Slot[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const node of nodes)
    for (const { path, acknowledged } of slots) {
      const { status, body } = await send(node.port, HOST, path);
      if (status !== 200 || body !== `${acknowledged}`)
        wrong.push(`${node.name} ${path}: ${status} ${body}, not ${acknowledged}`);
    }
  return wrong;
}

/** Nothing waits to be published or chained. */
function untilSettled(database: pg.Pool): Promise<void> {
  return until(
    async () => {
      const { rows } = await database.query(
        'SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM audit_unchained) AS waiting',
      );
      return Number(rows[0].waiting) === 0;
    },
    'all is published and chained',
    60_000,
  );
}

async function ofRevisions(database: pg.Pool): Promise<string[]> {
  const { rows } = await database.query(
    `SELECT i.id, i.revision::int AS head, count(*)::int AS kept, min(r.revision)::int AS first, max(r.revision)::int AS last,
            count(*) FILTER (WHERE r.published_at IS NULL)::int AS unpublished
     FROM instances i JOIN revisions r ON r.instance_id = i.id GROUP BY i.id, i.revision`,
  );
  return rows.flatMap(({ id, head, kept, first, last, unpublished }) => [
    ...(last === head && last - first + 1 === kept
      ? []
      : [`${id} has ${kept} revisions from ${first} to ${last}, and stands at ${head}`]),
    ...(unpublished === 0 ? [] : [`${unpublished} revisions of ${id} are not published`]),
  ]);
}
