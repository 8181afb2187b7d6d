/** Forgets revisions beyond those that are kept, with what only they held, and folds up an outbox that nobody empties. */
import type { DataSource, EntityManager } from 'typeorm';
import { FORGET_LOCK } from '../change/advisory-locks.js';

/** Rows in one statement; with its locks a batch is over in a moment. */
export const BATCH = 1000;

/** So few are looked up one by one in a table of any size. */
const REVISION_BATCH = 200;

/**
 * One batch. Revisions go before what they held, or with it: a rollback looks at the history first and asks then whether the revision
 * is still there.
 * @param keep newest revisions of each instance that stay
 * @returns whether there may be more; false also while another control plane is at it
 */
export function forgetBatch(dataSource: DataSource, keep: number): Promise<boolean> {
  return dataSource.transaction('READ COMMITTED', async (manager) => {
    const [lock]: { taken: boolean }[] = await manager.query(FORGET_LOCK);
    if (lock?.taken !== true) return false;
    const revisions = await forgetRevisions(manager, keep);
    const spans = await forgetSpans(manager);
    const folded = await foldOutbox(manager);
    return revisions === REVISION_BATCH || spans === BATCH || folded;
  });
}

async function forgetRevisions(manager: EntityManager, keep: number): Promise<number> {
  const [, count]: [unknown, number] = await manager.query(
    `WITH old AS (
       SELECT r.instance_id, r.revision FROM instances i
       CROSS JOIN LATERAL (
         SELECT r.instance_id, r.revision FROM revisions r WHERE r.instance_id = i.id AND r.revision <= i.revision - $1
         ORDER BY r.revision LIMIT $2) AS r
       LIMIT $2)
     DELETE FROM revisions r USING old WHERE r.instance_id = old.instance_id AND r.revision = old.revision`,
    [keep, REVISION_BATCH],
  );
  return count;
}

/** Spans that ended before the oldest revision that is left. */
async function forgetSpans(manager: EntityManager): Promise<number> {
  const [, count]: [unknown, number] = await manager.query(
    // An array, as a join of so many with the whole history may read all of it.
    `DELETE FROM rollback_history WHERE id = ANY (ARRAY(
       SELECT h.id FROM instances i
       CROSS JOIN LATERAL (SELECT min(r.revision) AS revision FROM revisions r WHERE r.instance_id = i.id) AS oldest
       JOIN rollback_history h ON h.instance_id = i.id AND h.to_revision <= oldest.revision LIMIT $1))`,
    [BATCH],
  );
  return count;
}

/**
 * Rows go when they are published. Those of an instance that cannot be published pile up: the oldest become one, which names the same
 * chunks. A publisher that reads them at the same time is overtaken and tries again.
 */
async function foldOutbox(manager: EntityManager): Promise<boolean> {
  const full: { id: string }[] = await manager.query(
    'SELECT instance_id AS id FROM outbox GROUP BY instance_id HAVING count(*) > $1 ORDER BY 1',
    [BATCH],
  );
  for (const { id } of full) {
    await manager.query(
      `WITH folded AS (
         DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE instance_id = $1 ORDER BY id LIMIT $2)
         RETURNING revision, chunk_keys, allow_shrink)
       INSERT INTO outbox (instance_id, revision, chunk_keys, allow_shrink)
       SELECT $1, max(revision), (SELECT jsonb_agg(DISTINCT key) FROM folded f, jsonb_array_elements(f.chunk_keys) AS key), bool_or(allow_shrink)
       FROM folded HAVING count(*) > 0`,
      [id, BATCH],
    );
  }
  return full.length > 0;
}
