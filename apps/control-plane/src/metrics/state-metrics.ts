/** Measures what the store knows of publishing, data planes and the audit chain. */
import { Injectable } from '@nestjs/common';
import { exportGauge, type Values } from './export-values.js';
import { Registry } from './registry.js';
import { type Backlog, type NodesOfInstance, type State, StoreState } from './store-state.js';

/** Instances that have series of their own; what is beyond comes together as `other`. */
const INSTANCES_NAMED = 100;

@Injectable()
export class StateMetrics {
  constructor(
    private readonly registry: Registry,
    private readonly store: StoreState,
  ) {
    const up = { name: 'causeway_database_up', help: '1 when the database answers, 0 when it does not.' };
    exportGauge(registry, up, async () => [[{}, Number((await store.read()) !== null)]]);
    this.backlog('causeway_unpublished_revisions', 'Revisions that are committed and not published.', 'unpublished');
    this.backlog('causeway_unpublished_seconds', 'Age of the oldest of them; 0: there is none.', 'unpublished_seconds');
    this.backlog('causeway_audit_unchained_events', 'Audit events that are not in the chain yet.', 'unchained');
    this.backlog('causeway_audit_unchained_seconds', 'Age of the oldest of them; 0: there is none.', 'unchained_seconds');
    this.nodes();
    this.lag('causeway_nodes_lag_revisions', 'Published revisions that the slowest live data plane does not run.', 'behind');
    this.lag('causeway_nodes_lag_seconds', 'For how long the oldest of them has been published.', 'behind_seconds');
  }

  private stored(name: string, help: string, labelNames: readonly string[], values: (state: State) => Values): void {
    exportGauge(this.registry, { name, help, labelNames }, async () => {
      const state = await this.store.read();
      return state === null ? [] : values(state);
    });
  }

  private backlog(name: string, help: string, of: keyof Backlog): void {
    this.stored(name, help, [], ({ backlog }) => [[{}, backlog[of]]]);
  }

  private nodes(): void {
    const help = 'Data planes by the state that they report; silent: not live.';
    this.stored('causeway_nodes', help, ['instance', 'state'], ({ nodes }) => {
      const instanceOf = named(nodes);
      const labelsOf = (row: NodesOfInstance) => ({ instance: instanceOf(row), state: row.state });
      return together(nodes, labelsOf, (rows) => rows.reduce((sum, row) => sum + row.nodes, 0));
    });
  }

  private lag(name: string, help: string, of: 'behind' | 'behind_seconds'): void {
    this.stored(name, help, ['instance'], ({ nodes }) => {
      const instanceOf = named(nodes);
      const live = nodes.filter(({ state }) => state !== 'silent');
      return together(
        live,
        (row) => ({ instance: instanceOf(row) }),
        (rows) => Math.max(...rows.map((row) => row[of])),
      );
    });
  }
}

function named(rows: readonly NodesOfInstance[]): (row: NodesOfInstance) => string {
  const names = new Set([...new Set(rows.map(({ instance_id }) => instance_id))].slice(0, INSTANCES_NAMED));
  return ({ instance_id }) => (names.has(instance_id) ? instance_id : 'other');
}

/** Rows with the same labels become one series. */
function together(
  rows: readonly NodesOfInstance[],
  labelsOf: (row: NodesOfInstance) => Record<string, string>,
  measure: (rows: readonly NodesOfInstance[]) => number,
): Values {
  const series = new Map<string, { labels: Record<string, string>; rows: NodesOfInstance[] }>();
  for (const row of rows) {
    const labels = labelsOf(row);
    const key = JSON.stringify(labels);
    const known = series.get(key);
    if (known === undefined) series.set(key, { labels, rows: [row] });
    else known.rows.push(row);
  }
  return [...series.values()].map((each) => [each.labels, measure(each.rows)] as const);
}
