/** A row as the management API shows it. */
import { generatedDomain } from '@causeway/contract';
import type { GroupView } from './group.dto.js';
import type { Group } from './group.entity.js';

/** @param region of the group's instance; @param suffix `CAUSEWAY_DOMAIN_SUFFIX` */
export function showGroup(group: Group, region: string, suffix: string): GroupView {
  const { id, name, description, basePath, instanceId, network, passthroughHeaders, createdAt, updatedAt } = group;
  const { appCode, sse, debug, removeServerHeader, trafficLimit } = group;
  const isInternal = group.internalGenerated && group.internalEnabled;
  return {
    id,
    name,
    description,
    basePath,
    instanceId,
    region,
    network,
    passthroughHeaders,
    appCode: { in: appCode.in ?? null, name: appCode.name ?? null, keepForBackend: appCode.keepForBackend ?? false },
    sse,
    debug,
    removeServerHeader,
    trafficLimit,
    publicDomain: generatedDomain('public', id, region, suffix),
    vpcDomain: null,
    internalDomain: isInternal ? generatedDomain('internal', id, region, suffix) : null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
