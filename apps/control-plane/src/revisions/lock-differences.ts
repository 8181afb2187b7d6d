/** Holds what a rollback is going to change, so that nobody else changes it meanwhile. */
import type { Change } from '../change/change.js';
import { type Difference, pluginsBoundThen, type RollbackPoint, readDifferences } from './rollback-difference.js';

export interface LockedGroup {
  readonly id: string;
  readonly name: string;
  readonly instanceId: string;
}

export interface LockedPlugin {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** Sealed. */
  readonly config: string;
}

export interface Locked {
  readonly differences: readonly Difference[];
  /** By id; what is missing here is gone. */
  readonly groups: ReadonlyMap<string, LockedGroup>;
  readonly plugins: ReadonlyMap<string, LockedPlugin>;
}

/**
 * Groups, apps that plugins name, then plugins, each by ascending id: the order of all writes. Looks again after each lock, until
 * nothing has come to it while the lock was waited for.
 */
export async function lockDifferences(
  { manager, actor: { accountId } }: Change,
  point: RollbackPoint,
  lockSigners: (plugins: readonly Difference[]) => Promise<void>,
): Promise<Locked> {
  const groups = new Map<string, LockedGroup>();
  const plugins = new Map<string, LockedPlugin>();
  const askedGroups = new Set<string>();
  const askedPlugins = new Set<string>();
  for (;;) {
    const differences = await relevantDifferences(manager, point);
    const newGroups = missing(
      differences.map(({ groupId }) => groupId),
      askedGroups,
    );
    if (newGroups.length > 0) {
      const rows: LockedGroup[] = await manager.query(
        `SELECT id, name, instance_id AS "instanceId" FROM groups WHERE id = ANY($1) AND account_id = $2 ORDER BY id FOR UPDATE`,
        [newGroups, accountId],
      );
      for (const row of rows) groups.set(row.id, row);
      continue;
    }
    const newPlugins = missing(differences.map(pluginOf), askedPlugins);
    if (newPlugins.length === 0) return { differences, groups, plugins };
    await lockSigners(differences.filter(({ kind, target }) => kind === 'plugin' && newPlugins.includes(target)));
    const rows: LockedPlugin[] = await manager.query(
      'SELECT id, name, type, config FROM plugins WHERE id = ANY($1) AND account_id = $2 ORDER BY id FOR UPDATE',
      [newPlugins, accountId],
    );
    for (const row of rows) plugins.set(row.id, row);
  }
}

/** Of plugins only the texts of those that acted here then. */
async function relevantDifferences(manager: Change['manager'], point: RollbackPoint): Promise<Difference[]> {
  const all = await readDifferences(manager, point);
  const edited = all.flatMap(({ kind, target, past }) => (kind === 'plugin' && past !== null ? [target] : []));
  const acted = await pluginsBoundThen(manager, point, edited);
  return all.filter(({ kind, target }) => kind !== 'plugin' || acted.has(target));
}

/** The plugin that a rollback writes to, or binds. */
function pluginOf({ kind, target, past }: Difference): string | null {
  if (kind === 'plugin') return target;
  return kind === 'apiBinding' || kind === 'groupBinding' ? past : null;
}

/** Those that were not asked for yet; from now on they are. */
function missing(ids: readonly (string | null)[], asked: Set<string>): string[] {
  const found = new Set<string>();
  for (const id of ids) {
    if (id === null || asked.has(id)) continue;
    asked.add(id);
    found.add(id);
  }
  return [...found];
}
