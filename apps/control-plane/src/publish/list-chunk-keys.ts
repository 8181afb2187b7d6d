/** All keys of an instance's manifest, for the first one it ever gets. */
import { chunkKeys } from '@causeway/contract';
import type { EntityManager } from 'typeorm';

export async function listChunkKeys(manager: EntityManager, instanceId: string): Promise<string[]> {
  const rows: { key: string }[] = await manager.query(
    `SELECT 'group:' || id AS key FROM groups WHERE instance_id = $1
     UNION SELECT 'apis:' || d.group_id || ':' || d.chunk_number FROM deployments d JOIN groups g ON g.id = d.group_id WHERE g.instance_id = $1
     UNION SELECT 'plugin:' || b.plugin_id FROM plugin_bindings b LEFT JOIN apis a ON a.id = b.api_id
       JOIN groups g ON g.id = coalesce(b.group_id, a.group_id) WHERE g.instance_id = $1
     UNION SELECT 'dataset:' || n.dataset_id FROM plugin_datasets n JOIN plugin_bindings b ON b.plugin_id = n.plugin_id
       LEFT JOIN apis a ON a.id = b.api_id JOIN groups g ON g.id = coalesce(b.group_id, a.group_id) WHERE g.instance_id = $1
     UNION SELECT DISTINCT 'vpc-accesses:' || v.account_id FROM vpc_accesses v JOIN groups g ON g.account_id = v.account_id WHERE g.instance_id = $1
     UNION SELECT 'certificate:' || d.certificate_id FROM group_domains d JOIN groups g ON g.id = d.group_id
       WHERE g.instance_id = $1 AND d.certificate_id IS NOT NULL
     UNION SELECT 'apps:' || (id & 255) FROM apps
     ORDER BY key`,
    [instanceId],
  );
  return [chunkKeys.instance, chunkKeys.network, ...rows.map(({ key }) => key)];
}
