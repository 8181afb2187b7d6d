/** A row as the management API shows it. */
import { generatedDomain } from '@causeway/contract';
import type { Group } from './group.entity.js';
import { NOTHING_LOGGED } from './group-fields.js';
import type { GroupView } from './group-view.dto.js';

/** @param region of the group's instance; @param suffix `CAUSEWAY_DOMAIN_SUFFIX` */
export function showGroup(group: Group, region: string, suffix: string): GroupView {
  const { id, name, description, basePath, instanceId, network, passthroughHeaders, createdAt, updatedAt } = group;
  const { appCode, sse, debug, removeServerHeader, trafficLimit, customTrace, defaultDomain, vpcIds, kept } = group;
  const isInternal = group.internalGenerated && group.internalEnabled;
  return {
    id,
    name,
    description,
    basePath,
    instanceId,
    region,
    network: { ...network, internetIpv6: network.internetIpv6 ?? false },
    passthroughHeaders,
    appCode: { in: appCode.in ?? null, name: appCode.name ?? null, keepForBackend: appCode.keepForBackend ?? false },
    sse,
    debug,
    removeServerHeader,
    trafficLimit,
    userLog: { ...NOTHING_LOGGED, ...group.userLog },
    customTrace,
    defaultDomain,
    vpcIds,
    compatibleFlags: kept.compatibleFlags ?? null,
    rpcPattern: kept.rpcPattern ?? null,
    rpsLimitForServerless: kept.rpsLimitForServerless ?? null,
    status: 'NORMAL',
    publicDomain: generatedDomain('public', id, region, suffix),
    vpcDomain: network.vpc ? generatedDomain('vpc', id, region, suffix) : null,
    internalDomain: isInternal ? generatedDomain('internal', id, region, suffix) : null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
