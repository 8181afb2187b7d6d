/** Forgets what was published and nobody needs any more: which chunk stood where at old revisions, then chunks that nothing names. */
import type { DataSource, EntityManager } from 'typeorm';
import { FORGET_LOCK } from '../change/advisory-locks.js';

/** For so long a data plane that is slow, or was away, still gets over HTTP what a newer manifest has replaced; and what runs on one stays. */
const SPARED_MINUTES = 60;

/** Rows in one transaction: what waits for one of them waits a moment, and so few are looked up one by one in a table of any size. */
export const CHUNK_BATCH = 200;

/** Chunks that one look of the sweep goes through. */
export const CHUNK_PAGE = 1000;

const IS_UNNAMED = 'NOT EXISTS (SELECT 1 FROM manifest_chunks m WHERE m.hash = c.hash)';

export interface ForgottenChunks {
  readonly intervals: number;
  readonly chunks: number;
  /** Whether there may be more; false also while another control plane is at it. */
  readonly isMore: boolean;
}

/**
 * One batch of intervals that ended before the oldest revision that is left, and the chunks that only they named. What a data plane runs
 * that reported lately stays, however old it is.
 */
export async function forgetIntervals(dataSource: DataSource): Promise<ForgottenChunks> {
  const hashes = await alone(dataSource, deleteIntervals);
  const chunks = await alone(dataSource, (manager) => deleteUnnamed(manager, [...new Set(hashes)]));
  return { intervals: hashes.length, chunks: chunks.length, isMore: hashes.length === CHUNK_BATCH };
}

/**
 * One page of chunks, in the order of their hashes: what was named by a deleted instance only, or replaced without a new revision, or
 * left behind by a crash.
 * @param after the page begins behind this hash
 * @returns where the next page begins; empty after the last one
 */
export async function sweepChunks(dataSource: DataSource, after: string): Promise<{ chunks: number; next: string }> {
  const page: { hash: string; named: boolean | null }[] = await dataSource.query(
    `SELECT c.hash, named.it AS named FROM (SELECT hash FROM chunks WHERE hash > $1 ORDER BY hash LIMIT $2) c
     LEFT JOIN LATERAL (SELECT true AS it FROM manifest_chunks m WHERE m.hash = c.hash LIMIT 1) named ON true ORDER BY c.hash`,
    [after, CHUNK_PAGE],
  );
  const unnamed = page.filter(({ named }) => named === null).map(({ hash }) => hash);
  let chunks = 0;
  for (let start = 0; start < unnamed.length; start += CHUNK_BATCH) {
    const batch = unnamed.slice(start, start + CHUNK_BATCH);
    chunks += (await alone(dataSource, (manager) => deleteUnnamed(manager, batch))).length;
  }
  return { chunks, next: page.length === CHUNK_PAGE ? (page.at(-1)?.hash ?? '') : '' };
}

/** One control plane at a time; nothing while it is another. */
function alone<T>(dataSource: DataSource, work: (manager: EntityManager) => Promise<T[]>): Promise<T[]> {
  return dataSource.transaction('READ COMMITTED', async (manager) => {
    const [lock]: { taken: boolean }[] = await manager.query(FORGET_LOCK);
    return lock?.taken === true ? work(manager) : [];
  });
}

/** @returns the hash of each. A publisher that opens one again (a new epoch at the same revision) holds it locked, and it stays. */
async function deleteIntervals(manager: EntityManager): Promise<string[]> {
  const [rows]: [{ hash: string }[], number] = await manager.query(
    `WITH old AS (
       SELECT ended.* FROM instances i
       CROSS JOIN LATERAL (SELECT min(r.revision) AS revision FROM revisions r WHERE r.instance_id = i.id) AS oldest
       CROSS JOIN LATERAL (
         SELECT m.instance_id, m.key, m.from_revision FROM manifest_chunks m
         WHERE m.instance_id = i.id AND m.to_revision <= oldest.revision AND m.ended_at < now() - make_interval(mins => $1)
           AND NOT EXISTS (
             SELECT 1 FROM nodes n WHERE n.instance_id = m.instance_id AND n.reported_at > now() - make_interval(mins => $1)
               AND n.revision >= m.from_revision AND n.revision < m.to_revision)
         ORDER BY m.to_revision LIMIT $2 FOR UPDATE OF m SKIP LOCKED) AS ended
       LIMIT $2)
     DELETE FROM manifest_chunks m USING old
     WHERE m.instance_id = old.instance_id AND m.key = old.key AND m.from_revision = old.from_revision RETURNING m.hash`,
    [SPARED_MINUTES, CHUNK_BATCH],
  );
  return rows.map(({ hash }) => hash);
}

/**
 * A publisher may be about to name a chunk again that it found in the store. Two statements, because each of them sees what committed
 * before it began: a chunk that an open publication names is locked by its foreign key, and passed over; once we hold the lock nobody
 * can begin to name it, and what was named while we took it is seen then. A publisher that found the chunk and names it after it is
 * gone fails to serialize, and stores it in its next attempt.
 */
async function deleteUnnamed(manager: EntityManager, hashes: readonly string[]): Promise<string[]> {
  if (hashes.length === 0) return [];
  const locked: { hash: string }[] = await manager.query(
    `SELECT c.hash FROM chunks c WHERE c.hash = ANY($1) AND ${IS_UNNAMED} FOR UPDATE SKIP LOCKED`,
    [hashes],
  );
  if (locked.length === 0) return [];
  const [rows]: [{ hash: string }[], number] = await manager.query(
    `DELETE FROM chunks c WHERE c.hash = ANY($1) AND ${IS_UNNAMED} RETURNING c.hash`,
    [locked.map(({ hash }) => hash)],
  );
  return rows.map(({ hash }) => hash);
}
