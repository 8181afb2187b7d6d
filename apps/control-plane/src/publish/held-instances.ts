/** Migration of a group: in force on the target's live nodes first, then on those of all who call it, then taken from the source. */
import { chunkKeys, compareRevisions } from '@causeway/contract';
import type { DataSource } from 'typeorm';
import { LIVE_WITHIN_SECONDS } from '../nodes/live.js';

/** The longest that instances whose nodes live but do not follow hold up the others. */
const HELD_AT_MOST_SECONDS = 30;

/** Instance id -> keys to build. */
type Pending = ReadonlyMap<string, ReadonlySet<string>>;

/** A chunk as it stands published, and what the live nodes of its instance run. */
interface Published {
  /** Null until it is published. */
  since: string | null;
  epoch: string | null;
  nodes: { epoch: number; revision: number }[];
}

interface Move extends Published {
  source: string;
  target: string;
}

interface Caller extends Published {
  id: string;
}

/** Of the instance `i`, whose chunk is `c`. */
const PUBLISHED = `c.from_revision AS since, p.epoch,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('epoch', n.epoch, 'revision', n.revision)), '[]') FROM nodes n
   WHERE n.instance_id = i.id AND n.reported_at > now() - make_interval(secs => $1)) AS nodes`;

/**
 * Of the instances with something to publish those that have to wait: the source of a move until the target serves the group and
 * nobody sends callers to the source any more, and each whose table of internal domains would send callers to the target too early.
 * An instance that gains a group itself never waits, so that two instances that swap groups do not wait for each other.
 */
export async function heldInstances(dataSource: DataSource, pending: Pending): Promise<Set<string>> {
  const moves: Move[] = await dataSource.query(
    `SELECT m.from_instance_id AS source, i.id AS target, ${PUBLISHED}
     FROM group_moves m JOIN groups g ON g.id = m.group_id JOIN instances i ON i.id = g.instance_id
     LEFT JOIN manifest_chunks c ON c.instance_id = i.id AND c.key = 'group:' || g.id AND c.to_revision IS NULL
     LEFT JOIN published_manifests p ON p.instance_id = i.id
     WHERE i.id <> m.from_instance_id AND m.moved_at > now() - make_interval(secs => $2)`,
    [LIVE_WITHIN_SECONDS, HELD_AT_MOST_SECONDS],
  );
  const open = moves.filter((move) => !isInForce(move));
  const targets = new Set(open.map(({ target }) => target));
  const sources = new Set([...open, ...(await stillCalled(dataSource, pending, moves))].map(({ source }) => source));
  const held = [...pending].filter(
    ([id, keys]) => !targets.has(id) && (sources.has(id) || (open.length > 0 && keys.has(chunkKeys.network))),
  );
  return new Set(held.map(([id]) => id));
}

/** Those moves of a source that is to publish them while other instances of its region may still call the group there. */
async function stillCalled(dataSource: DataSource, pending: Pending, moves: readonly Move[]): Promise<readonly Move[]> {
  const leaving = moves.filter(({ source }) => pending.has(source));
  if (leaving.length === 0) return [];
  const callers: Caller[] = await dataSource.query(
    `SELECT i.id, ${PUBLISHED} FROM instances i
     LEFT JOIN manifest_chunks c ON c.instance_id = i.id AND c.key = $2 AND c.to_revision IS NULL
     LEFT JOIN published_manifests p ON p.instance_id = i.id
     WHERE i.region IN (SELECT region FROM instances WHERE id = ANY($3))`,
    [LIVE_WITHIN_SECONDS, chunkKeys.network, leaving.map(({ source }) => source)],
  );
  const sources = new Set(leaving.map(({ source }) => source));
  // Two sources that have yet to publish do not wait for each other.
  const isToHear = (id: string) => !sources.has(id) && pending.get(id)?.has(chunkKeys.network) === true;
  const late = callers.filter((caller) => isToHear(caller.id) || (caller.since !== null && !isInForce(caller)));
  return leaving.filter(({ source, target }) => late.some(({ id }) => id !== source && id !== target));
}

function isInForce({ since, epoch, nodes }: Published): boolean {
  if (since === null || epoch === null) return false;
  const needed = { epoch: Number(epoch), revision: Number(since) };
  return nodes.every((node) => compareRevisions(node, needed) >= 0);
}
