/** Lists data planes: what they run, and how far behind they are. */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Actor } from '../change/change.js';
import { cursorOf, type Page, pageOf } from '../http/page.js';
import { malformed } from '../http/problem.js';
import { LIVE_WITHIN_SECONDS } from './live.js';
import type { NodesQuery, NodeView } from './node.dto.js';

interface Row {
  instance_id: string;
  node: string;
  epoch: string;
  revision: string;
  state: string;
  errors: NodeView['errors'];
  source: string;
  rejected: NodeView['rejected'];
  applied_at: Date;
  reported_at: Date;
  live: boolean;
  behind: string;
  behind_ms: string | null;
}

@Injectable()
export class NodesService {
  constructor(private readonly dataSource: DataSource) {}

  /** Of the account's own instances; the operator's account sees all. */
  async list({ accountId, isDefaultAccount }: Actor, query: NodesQuery): Promise<Page<NodeView>> {
    const [instanceId, node] = afterKey(cursorOf(query));
    const rows: Row[] = await this.dataSource.query(
      `SELECT n.*, n.reported_at > now() - make_interval(secs => $6) AS live, greatest(late.behind, (n.epoch < p.epoch)::integer) AS behind,
              late.behind_ms
       FROM nodes n JOIN instances i ON i.id = n.instance_id LEFT JOIN published_manifests p ON p.instance_id = n.instance_id
       CROSS JOIN LATERAL (
         SELECT count(*) AS behind, extract(epoch FROM now() - min(r.published_at)) * 1000 AS behind_ms FROM revisions r
         WHERE r.instance_id = n.instance_id AND r.revision > n.revision AND r.published_at IS NOT NULL) late
       WHERE ($1 OR i.account_id = $2) AND ($3::text IS NULL OR n.instance_id = $3) AND (n.instance_id, n.node) > ($4, $5)
       ORDER BY n.instance_id, n.node LIMIT $7`,
      [isDefaultAccount, accountId, query.instanceId ?? null, instanceId, node, LIVE_WITHIN_SECONDS, query.limit + 1],
    );
    return pageOf(rows, query, (row) => JSON.stringify([row.instance_id, row.node]), show);
  }
}

function afterKey(key: string | null): [string, string] {
  if (key === null) return ['', ''];
  try {
    const parsed: unknown = JSON.parse(key);
    if (Array.isArray(parsed) && typeof parsed[0] === 'string' && typeof parsed[1] === 'string') return [parsed[0], parsed[1]];
  } catch {
    // Not one of our cursors: refused below.
  }
  throw malformed([{ path: 'cursor', message: 'must be the next of an earlier page' }]);
}

function show(row: Row): NodeView {
  return {
    node: row.node,
    instanceId: row.instance_id,
    live: row.live,
    state: row.state,
    epoch: Number(row.epoch),
    revision: Number(row.revision),
    rejected: row.rejected,
    lag: { revisions: Number(row.behind), ms: Math.round(Number(row.behind_ms ?? 0)) },
    errors: row.errors,
    source: row.source,
    appliedAt: row.applied_at.toISOString(),
    reportedAt: row.reported_at.toISOString(),
  };
}
