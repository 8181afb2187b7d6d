/** Rows -> `group:<id>` chunks, for the groups that live on the instance. */
import { chunkKeys, type GroupChunk, type UserLog } from '@causeway/contract';
import { NOTHING_LOGGED } from '../../groups/group-fields.js';
import type { ChunkSource } from './chunk-source.js';

interface Row {
  id: string;
  account_id: string;
  name: string;
  base_path: string;
  network: { internet: boolean; publicDomain: boolean; vpc: boolean };
  internal_domain: boolean;
  domains: GroupChunk['domains'];
  stages: GroupChunk['stages'];
  passthrough_headers: string[];
  app_code: Partial<GroupChunk['appCode']>;
  sse: boolean;
  debug: boolean;
  remove_server_header: boolean;
  traffic_limit: number | null;
  user_log: Partial<UserLog>;
  custom_trace: NonNullable<GroupChunk['customTrace']> | null;
  default_domain: string | null;
  vpc_ids: string[];
  bindings: GroupChunk['bindings'];
}

export async function buildGroupChunks(source: ChunkSource, groupIds: readonly string[]): Promise<[string, GroupChunk][]> {
  const rows: Row[] = await source.manager.query(
    `SELECT g.id, g.account_id, g.name, g.base_path, g.network, g.passthrough_headers,
            g.app_code, g.sse, g.debug, g.remove_server_header, g.traffic_limit,
            g.user_log, g.custom_trace, g.default_domain, g.vpc_ids,
            (SELECT coalesce(jsonb_agg(jsonb_build_object('domain', d.domain, 'type', d.type, 'stage', d.stage, 'patterns', d.patterns)
                                       || CASE WHEN d.certificate_id IS NULL THEN '{}' ELSE jsonb_build_object('certificateId', d.certificate_id) END
                                       ORDER BY d.domain), '[]')
             FROM group_domains d WHERE d.group_id = g.id) AS domains,
            (SELECT coalesce(jsonb_agg(jsonb_build_object('name', s.name, 'variables',
                (SELECT coalesce(jsonb_object_agg(v.name, v.value), '{}')
                 FROM stage_variables v WHERE v.group_id = g.id AND v.stage = s.name)) ORDER BY s.name), '[]')
             FROM (SELECT name FROM group_stages WHERE group_id = g.id
                   UNION SELECT stage FROM stage_variables WHERE group_id = g.id) s) AS stages,
            g.internal_generated AND g.internal_enabled AS internal_domain,
            (SELECT coalesce(jsonb_agg(jsonb_build_object('pluginId', b.plugin_id, 'stage', b.stage) ORDER BY b.stage, b.plugin_id), '[]')
             FROM plugin_bindings b WHERE b.group_id = g.id) AS bindings
     FROM groups g WHERE g.instance_id = $1 AND g.id = ANY($2)`,
    [source.instanceId, groupIds],
  );
  return rows.map((row) => [
    chunkKeys.group(row.id),
    {
      kind: 'group',
      id: row.id,
      accountId: row.account_id,
      name: row.name,
      basePath: row.base_path,
      publicDomain: row.network.internet && row.network.publicDomain,
      internalDomain: row.internal_domain,
      // Switched off from the internet, a group is on no domain of the public listener, whatever its name.
      domains: row.network.internet ? row.domains : row.domains.filter(({ type }) => type === 'intranet'),
      stages: row.stages,
      passthroughHeaders: row.passthrough_headers,
      appCode: { in: null, name: null, keepForBackend: false, ...row.app_code },
      sse: row.sse,
      debug: row.debug,
      removeServerHeader: row.remove_server_header,
      trafficLimit: row.traffic_limit,
      bindings: row.bindings,
      ...switchedOn(row),
    },
  ]);
}

/** Left out where nothing is said, so that chunks of groups that use none of it keep their bytes. */
function switchedOn({ network, vpc_ids, default_domain, custom_trace, user_log }: Row): Partial<GroupChunk> {
  const logs = Object.values(user_log).some((part) => (Array.isArray(part) ? part.length > 0 : part));
  return {
    ...(network.vpc && { vpcDomain: true }),
    ...(vpc_ids.length > 0 && { vpcIds: vpc_ids }),
    ...(default_domain !== null && { defaultDomain: default_domain }),
    ...(custom_trace !== null && { customTrace: custom_trace }),
    ...(logs && { userLog: { ...NOTHING_LOGGED, ...user_log } }),
  };
}
