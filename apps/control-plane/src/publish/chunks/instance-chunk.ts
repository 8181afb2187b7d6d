/** Rows -> the `instance` chunk. */
import { type InstanceChunk, sealedPaths } from '@causeway/contract';
import { DEFAULT_HTTPS_POLICY } from '../../instances/instance.entity.js';
import { type ChunkSource, storedPaths } from './chunk-source.js';

interface Row {
  id: string;
  name: string;
  region: string;
  calls_from_gateway: boolean;
  hop_ids: InstanceChunk['hopIds'];
  private_dns: InstanceChunk['privateDns'];
  access_list: Partial<InstanceChunk['accessLists']>;
  traffic_limit: number | null;
  https_policy: NonNullable<InstanceChunk['httpsPolicy']>;
  hop_key: string;
  moved_groups: string[];
}

export async function buildInstanceChunk(source: ChunkSource): Promise<InstanceChunk | null> {
  const [row]: Row[] = await source.manager.query(
    `SELECT i.id, i.name, i.region, i.calls_from_gateway, i.hop_ids, i.private_dns, i.access_list, i.traffic_limit, i.https_policy, d.hop_key,
            ARRAY(SELECT m.group_id FROM group_moves m JOIN groups g ON g.id = m.group_id
                  WHERE m.from_instance_id = i.id AND g.instance_id <> i.id ORDER BY m.group_id) AS moved_groups
     FROM instances i CROSS JOIN deployment_state d WHERE i.id = $1`,
    [source.instanceId],
  );
  if (row === undefined) return null;
  return {
    kind: 'instance',
    id: row.id,
    name: row.name,
    region: row.region,
    suffix: source.domainSuffix,
    callsFromGateway: row.calls_from_gateway,
    hopIds: row.hop_ids,
    hopKey: source.seal(sealedPaths.hopKey, source.openStored(storedPaths.hopKey, row.hop_key)),
    privateDns: row.private_dns,
    movedGroups: row.moved_groups,
    accessLists: { ipv4: null, ipv6: null, ...row.access_list },
    trafficLimit: row.traffic_limit,
    // Left out where it is the default, so that chunks of instances that say nothing keep their bytes.
    ...(row.https_policy !== DEFAULT_HTTPS_POLICY && { httpsPolicy: row.https_policy }),
  };
}
