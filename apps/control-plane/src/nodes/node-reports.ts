/** What data planes report: kept, told to those who wait for it, and checked against what was published. */
import { compareRevisions, type NodeReport } from '@causeway/contract';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CommitBell } from '../change/commit-bell.js';
import { PublishedManifests } from '../publish/published-manifests.js';
import { raiseEpoch } from '../publish/raise-epoch.js';
import { ReportBell } from './report-bell.js';

/** Nodes with names of their own come and go; those that were silent for a day are forgotten. */
const FORGOTTEN_AFTER_HOURS = 24;
const NODES_PER_INSTANCE = 1000;

@Injectable()
export class NodeReports {
  private readonly logger = new Logger(NodeReports.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly manifests: PublishedManifests,
    private readonly commits: CommitBell,
    private readonly bell: ReportBell,
  ) {}

  /** False when the instance is unknown or has more nodes than anybody runs. */
  async record(report: NodeReport): Promise<boolean> {
    const published = await this.manifests.find(report.instance);
    if (published === null || published.manifest.instance !== report.instance) return false;
    const stored: unknown[] = await this.dataSource.query(STORE, [
      report.instance,
      report.node,
      report.epoch,
      report.revision,
      report.state,
      JSON.stringify(report.errors),
      report.source,
      report.rejected === null ? null : JSON.stringify(report.rejected),
      report.appliedAt,
      NODES_PER_INSTANCE,
      FORGOTTEN_AFTER_HOURS,
    ]);
    if (stored.length === 0) return false;
    this.bell.ring(report.instance);
    if (compareRevisions(report, published.manifest) > 0) await this.newerThanDatabase(report);
    return true;
  }

  async forget(instanceId: string, node: string): Promise<void> {
    await this.dataSource.query('DELETE FROM nodes WHERE instance_id = $1 AND node = $2', [instanceId, node]);
    this.bell.ring(instanceId);
  }

  private async newerThanDatabase(report: NodeReport): Promise<void> {
    if (!(await raiseEpoch(this.dataSource, report.instance, report))) return;
    this.logger.warn(
      `Node ${report.node} runs revision ${report.revision} of ${report.instance}, which the database has lost: a new epoch begins`,
    );
    this.commits.ring();
  }
}

const STORE = `
WITH forgotten AS (
  DELETE FROM nodes WHERE instance_id = $1 AND node <> $2 AND reported_at < now() - make_interval(hours => $11)
)
INSERT INTO nodes (instance_id, node, epoch, revision, state, errors, source, rejected, applied_at, reported_at)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, now()
WHERE (SELECT count(*) FROM nodes WHERE instance_id = $1 AND node <> $2) < $10
ON CONFLICT (instance_id, node) DO UPDATE SET epoch = excluded.epoch, revision = excluded.revision, state = excluded.state,
  errors = excluded.errors, source = excluded.source, rejected = excluded.rejected, applied_at = excluded.applied_at,
  reported_at = excluded.reported_at
RETURNING node`;
