/** Between a group's row and what its owner edits. */
import { conflict, refused } from '../http/problem.js';
import { checkAppCode } from './app-code-place.js';
import type { GroupBody } from './group.dto.js';
import type { Group } from './group.entity.js';

type Fields = Pick<
  Group,
  | 'name'
  | 'description'
  | 'basePath'
  | 'network'
  | 'passthroughHeaders'
  | 'appCode'
  | 'sse'
  | 'debug'
  | 'removeServerHeader'
  | 'trafficLimit'
>;

/** What a merge patch is applied to. */
export function editable({ id, name, description, basePath, instanceId, network, passthroughHeaders, ...rest }: Group): object {
  const { appCode, sse, debug, removeServerHeader, trafficLimit } = rest;
  const fields = { id, name, description, basePath, instanceId, network, passthroughHeaders, appCode, sse, debug };
  return { ...fields, removeServerHeader, trafficLimit };
}

/** Columns that a body sets, id and instance aside; refuses what no listener serves and what no AppCode may come in. */
export function fieldsOf(body: GroupBody): Fields {
  const { name, description = '', basePath = '/', network = {}, passthroughHeaders = [], appCode = {} } = body;
  const { sse = false, debug = false, removeServerHeader = false, trafficLimit = null } = body;
  const { internet = true, publicDomain = true, vpc = false } = network;
  checkAppCode(appCode);
  if (vpc)
    throw refused(
      [{ path: 'network.vpc', message: 'must be false: the VPC listener is not offered yet' }],
      'UnsupportedFeature',
      'The VPC listener is not offered yet.',
    );
  return {
    name,
    description,
    basePath,
    network: { internet, publicDomain, vpc },
    passthroughHeaders,
    appCode: { ...appCode },
    sse,
    debug,
    removeServerHeader,
    trafficLimit,
  };
}

/** A merge patch may repeat them, or remove them, which leaves them as they are. */
export function refuseFixed({ id, instanceId }: GroupBody, group: Group): void {
  if ((id ?? group.id) !== group.id) throw conflict('FixedGroupId', 'The id stays: it is part of the names of domains.');
  if ((instanceId ?? group.instanceId) !== group.instanceId)
    throw conflict('FixedGroupInstance', 'A group moves to another instance by POST /groups/:id/migration.');
}
