/** The plugins that act on an API in a stage, by its own bindings and by its group's. */
import type { EntityManager } from 'typeorm';
import type { Api } from '../apis/api.entity.js';

export interface BoundPlugin {
  readonly pluginId: string;
  readonly type: string;
}

export function boundPlugins(manager: EntityManager, { id, groupId }: Api, stage: string): Promise<BoundPlugin[]> {
  return manager.query(
    `SELECT DISTINCT plugin_id AS "pluginId", type FROM plugin_bindings
     WHERE stage = $3 AND (api_id = $1 OR group_id = $2)`,
    [id, groupId, stage],
  );
}
