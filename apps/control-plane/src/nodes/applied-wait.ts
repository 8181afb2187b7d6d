/** Waits until every live node runs what was written, or says who does not. */
import { compareRevisions } from '@causeway/contract';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Written } from '../change/change.js';
import { LIVE_WITHIN_SECONDS } from './live.js';
import { ReportBell } from './report-bell.js';

export interface Applied {
  /** The highest of the revisions that were waited for. */
  readonly revision: number;
  readonly nodes: ReadonlyArray<{ readonly node: string; readonly state: string; readonly revision: number }>;
  readonly timedOut?: true;
}

/** Nodes may report to another control plane: their reports are found in the table. */
const LOOK_AGAIN_MS = 200;
const LONGEST_MS = 60_000;

interface Row {
  instance_id: string;
  node: string;
  state: string;
  epoch: string;
  revision: string;
  rejected: { epoch: number; revision: number } | null;
  current_epoch: string;
}

@Injectable()
export class AppliedWait {
  constructor(
    private readonly dataSource: DataSource,
    private readonly bell: ReportBell,
  ) {}

  /** Resolves at once when no node lives. A node that refused the revision will not take it later: it is not waited for. */
  async wait(revisions: Written<unknown>['revisions'], timeoutMs: number): Promise<Applied> {
    const revision = Math.max(0, ...revisions.map((each) => each.revision));
    const needed = new Map(revisions.map((each) => [each.instanceId, each.revision]));
    const endsAt = performance.now() + Math.min(timeoutMs, LONGEST_MS);
    for (;;) {
      // Armed before looking: a report that comes meanwhile is not missed.
      const next = this.nextReport(needed);
      const rows = await this.liveNodes([...needed.keys()]);
      const nodes = rows.map((row) => ({ node: row.node, state: row.state, revision: Number(row.revision) }));
      const isSettledByAll = rows.every((row) => isSettled(row, needed.get(row.instance_id) ?? 0));
      if (isSettledByAll || performance.now() >= endsAt) {
        next.cancel();
        return isSettledByAll ? { revision, nodes } : { revision, nodes, timedOut: true };
      }
      await next.orAfter(Math.max(0, Math.min(LOOK_AGAIN_MS, endsAt - performance.now())));
    }
  }

  private nextReport(needed: ReadonlyMap<string, number>) {
    let resolve = () => {};
    const reported = new Promise<void>((done) => {
      resolve = done;
    });
    const cancel = this.bell.listen((instanceId) => {
      if (needed.has(instanceId)) resolve();
    });
    const orAfter = async (ms: number) => {
      const timer = setTimeout(resolve, ms);
      await reported;
      clearTimeout(timer);
      cancel();
    };
    return { cancel, orAfter };
  }

  private liveNodes(instanceIds: string[]): Promise<Row[]> {
    return this.dataSource.query(
      `SELECT n.instance_id, n.node, n.state, n.epoch, n.revision, n.rejected, d.epoch AS current_epoch
       FROM nodes n CROSS JOIN deployment_state d
       WHERE n.instance_id = ANY($1) AND n.reported_at > now() - make_interval(secs => $2) ORDER BY n.instance_id, n.node`,
      [instanceIds, LIVE_WITHIN_SECONDS],
    );
  }
}

function isSettled({ epoch, revision, rejected, current_epoch }: Row, neededRevision: number): boolean {
  const needed = { epoch: Number(current_epoch), revision: neededRevision };
  const runs = { epoch: Number(epoch), revision: Number(revision) };
  return compareRevisions(runs, needed) >= 0 || (rejected !== null && compareRevisions(rejected, needed) >= 0);
}
