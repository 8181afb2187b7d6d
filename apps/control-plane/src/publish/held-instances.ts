/** Migration of a group: in force on the target's live nodes first, then taken from the others. */
import { compareRevisions } from '@causeway/contract';
import type { DataSource } from 'typeorm';
import { LIVE_WITHIN_SECONDS } from '../nodes/live.js';

/** The longest that a target whose nodes live but do not follow holds up the others. */
const HELD_AT_MOST_SECONDS = 30;

interface Move {
  source: string;
  target: string;
  /** Where the target gained the group; null until that is published. */
  gained: string | null;
  epoch: string | null;
  nodes: { epoch: number; revision: number }[];
}

/**
 * Of the given instances those that have to wait: the source of a move that the target does not serve yet, and each whose table of
 * internal domains would send callers there too early. `pending` is instance id -> keys to build. An instance that gains a group
 * itself never waits, so that two instances that swap groups do not wait for each other.
 */
export async function heldInstances(
  dataSource: DataSource,
  pending: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<Set<string>> {
  const moves: Move[] = await dataSource.query(
    `SELECT m.from_instance_id AS source, g.instance_id AS target, c.from_revision AS gained, p.epoch,
            (SELECT coalesce(jsonb_agg(jsonb_build_object('epoch', n.epoch, 'revision', n.revision)), '[]') FROM nodes n
             WHERE n.instance_id = g.instance_id AND n.reported_at > now() - make_interval(secs => $1)) AS nodes
     FROM group_moves m JOIN groups g ON g.id = m.group_id
     LEFT JOIN manifest_chunks c ON c.instance_id = g.instance_id AND c.key = 'group:' || g.id AND c.to_revision IS NULL
     LEFT JOIN published_manifests p ON p.instance_id = g.instance_id
     WHERE g.instance_id <> m.from_instance_id AND m.moved_at > now() - make_interval(secs => $2)`,
    [LIVE_WITHIN_SECONDS, HELD_AT_MOST_SECONDS],
  );
  const open = moves.filter((move) => !isInForce(move));
  const targets = new Set(open.map(({ target }) => target));
  const sources = new Set(open.map(({ source }) => source));
  const held = [...pending].filter(
    ([id, keys]) => !targets.has(id) && open.length > 0 && (sources.has(id) || keys.has('network')),
  );
  return new Set(held.map(([id]) => id));
}

function isInForce({ gained, epoch, nodes }: Move): boolean {
  if (gained === null || epoch === null) return false;
  const needed = { epoch: Number(epoch), revision: Number(gained) };
  return nodes.every((node) => compareRevisions(node, needed) >= 0);
}
