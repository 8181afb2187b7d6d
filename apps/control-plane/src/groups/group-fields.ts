/** Between a group's row and what its owner edits. */
import { conflict, refused } from '../http/problem.js';
import type { GroupBody } from './group.dto.js';
import type { Group } from './group.entity.js';

type Fields = Pick<Group, 'name' | 'description' | 'basePath' | 'network' | 'passthroughHeaders'>;

/** What a merge patch is applied to. */
export function editable({ id, name, description, basePath, instanceId, network, passthroughHeaders }: Group): object {
  return { id, name, description, basePath, instanceId, network, passthroughHeaders };
}

/** Columns that a body sets, id and instance aside; refuses what no listener serves. */
export function fieldsOf({ name, description = '', basePath = '/', network = {}, passthroughHeaders = [] }: GroupBody): Fields {
  const { internet = true, publicDomain = true, vpc = false } = network;
  if (vpc)
    throw refused(
      [{ path: 'network.vpc', message: 'must be false: the VPC listener is not offered yet' }],
      'UnsupportedFeature',
      'The VPC listener is not offered yet.',
    );
  return { name, description, basePath, network: { internet, publicDomain, vpc }, passthroughHeaders };
}

/** A merge patch may repeat them, or remove them, which leaves them as they are. */
export function refuseFixed({ id, instanceId }: GroupBody, group: Group): void {
  if ((id ?? group.id) !== group.id) throw conflict('FixedGroupId', 'The id stays: it is part of the names of domains.');
  if ((instanceId ?? group.instanceId) !== group.instanceId)
    throw conflict('FixedGroupInstance', 'A group moves to another instance by POST /groups/:id/migration.');
}
