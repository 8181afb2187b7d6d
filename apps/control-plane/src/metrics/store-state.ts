/** What the store says of publishing, data planes and the audit chain: asked once in a while, however many scrape. */
import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LIVE_WITHIN_SECONDS } from '../nodes/live.js';
import { deadline } from '../publish/deadline.js';

/** No token is needed to scrape: what it costs must not grow with how often somebody does. */
const ASKED_EVERY_MS = 5000;
/** A scrape does not wait longer for the store. */
const ANSWER_WITHIN_MS = 2000;

export interface Backlog {
  readonly unpublished: number;
  readonly unpublished_seconds: number;
  readonly unchained: number;
  readonly unchained_seconds: number;
}

export interface NodesOfInstance {
  readonly instance_id: string;
  /** As they report it; `silent`: they did not of late. */
  readonly state: string;
  readonly nodes: number;
  readonly behind: number;
  readonly behind_seconds: number;
}

export interface State {
  readonly backlog: Backlog;
  readonly nodes: readonly NodesOfInstance[];
}

@Injectable()
export class StoreState {
  private readonly logger = new Logger(StoreState.name);
  private latest: Promise<State | null> = Promise.resolve(null);
  private askedMs = Number.NEGATIVE_INFINITY;
  private troubled = false;

  constructor(private readonly dataSource: DataSource) {}

  /** Null when the store does not answer. Never rejects. */
  read(): Promise<State | null> {
    if (performance.now() - this.askedMs < ASKED_EVERY_MS) return this.latest;
    this.askedMs = performance.now();
    this.latest = deadline(this.ask(), ANSWER_WITHIN_MS, 'The database').then(
      (state) => {
        this.troubled = false;
        return state;
      },
      (error: unknown) => {
        if (!this.troubled) this.logger.warn(`What the store knows cannot be measured: ${(error as Error).message}`);
        this.troubled = true;
        return null;
      },
    );
    return this.latest;
  }

  private async ask(): Promise<State> {
    const [backlog]: Backlog[] = await this.dataSource.query(BACKLOG);
    if (backlog === undefined) throw new Error('a SELECT without FROM has one row');
    return { backlog, nodes: await this.dataSource.query(NODES, [LIVE_WITHIN_SECONDS]) };
  }
}

const BACKLOG = `
SELECT u.count AS unpublished, coalesce(u.seconds, 0) AS unpublished_seconds, a.count AS unchained, coalesce(a.seconds, 0) AS unchained_seconds
FROM (SELECT count(*)::integer AS count, extract(epoch FROM now() - min(created_at))::float8 AS seconds
      FROM revisions WHERE published_at IS NULL) u,
     (SELECT count(*)::integer AS count, extract(epoch FROM now() - min(e.at))::float8 AS seconds
      FROM audit_unchained c JOIN audit_events e ON e.id = c.event_id) a`;

/** Behind is what is published; of another epoch the number says nothing, and one it is behind at least. */
const NODES = `
SELECT instance_id, state, count(*)::integer AS nodes, max(behind)::float8 AS behind, coalesce(max(seconds), 0)::float8 AS behind_seconds
FROM (
  SELECT n.instance_id, CASE WHEN n.reported_at > now() - make_interval(secs => $1) THEN n.state ELSE 'silent' END AS state,
         CASE WHEN n.epoch = p.epoch THEN greatest(p.revision - n.revision, 0) ELSE (n.epoch < p.epoch)::integer END AS behind,
         extract(epoch FROM now() - late.published_at) AS seconds
  FROM nodes n JOIN published_manifests p ON p.instance_id = n.instance_id
  LEFT JOIN LATERAL (
    SELECT r.published_at FROM revisions r WHERE r.instance_id = n.instance_id AND r.revision > n.revision AND r.published_at IS NOT NULL
    ORDER BY r.revision LIMIT 1) late ON true) each
GROUP BY instance_id, state ORDER BY instance_id, state`;
