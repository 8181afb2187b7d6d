/** How far the edits had come that a kill hit: told from what the database says afterwards. */
import type pg from 'pg';
import type { ControlPlane } from './bed.js';
import type { Edit } from './hands.js';

export interface Kill {
  /** Of the wall clock, just before the signal. */
  readonly atMs: number;
  readonly victims: readonly ControlPlane[];
}

export interface Whereabouts {
  /** Sent, and never there: undone whole. */
  beforeCommit: number;
  /** In the database and in no manifest, with no answer yet. */
  committedOnly: number;
  /** Answered with success, and in no manifest. */
  acknowledgedOnly: number;
  /** In a manifest, with no answer yet. */
  publishedOnly: number;
}

/**
 * Every edit that the victims had taken and were not done with. A publication counts from the moment in which its transaction begins:
 * one that began before a kill and was undone by it left the time of the next one.
 */
export async function whereabouts(database: pg.Pool, edits: readonly Edit[], kills: readonly Kill[]): Promise<Whereabouts> {
  const { rows } = await database.query(
    'SELECT revision::int, extract(epoch FROM published_at)::float8 * 1000 AS ms FROM revisions WHERE published_at IS NOT NULL',
  );
  const publishedMs = new Map<number, number>(rows.map(({ revision, ms }) => [revision, ms]));
  const hit: Whereabouts = { beforeCommit: 0, committedOnly: 0, acknowledgedOnly: 0, publishedOnly: 0 };
  for (const { atMs, victims } of kills)
    for (const { plane, sentMs, answeredMs, revision } of edits) {
      if (!victims.includes(plane) || sentMs > atMs) continue;
      const isAnswered = answeredMs !== undefined && answeredMs <= atMs;
      const isPublished = revision !== undefined && (publishedMs.get(revision) ?? 0) <= atMs;
      // Of an earlier life of the victim: it was settled before this kill.
      if (isSettledBefore(atMs, sentMs, answeredMs, plane, kills)) continue;
      if (revision === undefined) hit.beforeCommit++;
      else if (!isPublished) hit[isAnswered ? 'acknowledgedOnly' : 'committedOnly']++;
      else if (!isAnswered) hit.publishedOnly++;
    }
  return hit;
}

function isSettledBefore(
  atMs: number,
  sentMs: number,
  answeredMs: number | undefined,
  plane: ControlPlane,
  kills: readonly Kill[],
): boolean {
  return (
    answeredMs === undefined && kills.some((kill) => kill.atMs < atMs && kill.atMs >= sentMs && kill.victims.includes(plane))
  );
}
