/** Between a group's row and what its owner edits. */
import type { UserLog } from '@causeway/contract';
import type { Change } from '../change/change.js';
import { canonicalDomain } from '../domains/domain-name.js';
import { conflict } from '../http/problem.js';
import { checkAppCode } from './app-code-place.js';
import type { GroupBody } from './group.dto.js';
import type { Group } from './group.entity.js';

type Fields = Omit<
  Group,
  'id' | 'accountId' | 'instanceId' | 'internalGenerated' | 'internalEnabled' | 'createdAt' | 'updatedAt'
>;

export const NOTHING_LOGGED: UserLog = {
  requestBody: false,
  responseBody: false,
  queryString: [],
  requestHeaders: [],
  responseHeaders: [],
  jwtClaims: [],
};

/** What a merge patch is applied to. */
export function editable(group: Group): object {
  const { id, name, description, basePath, instanceId, network, passthroughHeaders, appCode, sse, debug, ...rest } = group;
  const { removeServerHeader, trafficLimit, userLog, customTrace, defaultDomain, vpcIds, kept } = rest;
  return {
    ...{ id, name, description, basePath, instanceId, network, passthroughHeaders, appCode, sse, debug },
    ...{ removeServerHeader, trafficLimit, userLog, vpcIds, ...kept },
    ...(customTrace !== null && { customTrace }),
    ...(defaultDomain !== null && { defaultDomain }),
  };
}

/** Columns that a body sets, id and instance aside; refuses a place that no AppCode may come in. */
export function fieldsOf(body: GroupBody): Fields {
  const { name, description = '', basePath = '/', network = {}, passthroughHeaders = [], appCode = {} } = body;
  const { sse = false, debug = false, removeServerHeader = false, trafficLimit = null, userLog = {}, vpcIds = [] } = body;
  const { internet = true, publicDomain = true, vpc = false, internetIpv6 = false } = network;
  const { compatibleFlags, rpcPattern, rpsLimitForServerless } = body;
  checkAppCode(appCode);
  return {
    name,
    description,
    basePath,
    network: { internet, publicDomain, vpc, internetIpv6 },
    passthroughHeaders,
    appCode: { ...appCode },
    sse,
    debug,
    removeServerHeader,
    trafficLimit,
    userLog: { ...userLog },
    customTrace: body.customTrace === undefined ? null : { ...body.customTrace },
    defaultDomain: body.defaultDomain === undefined ? null : canonicalDomain(body.defaultDomain),
    vpcIds,
    kept: {
      ...(compatibleFlags !== undefined && { compatibleFlags }),
      ...(rpcPattern !== undefined && { rpcPattern }),
      ...(rpsLimitForServerless !== undefined && { rpsLimitForServerless }),
    },
  };
}

/** A merge patch may repeat them, or remove them, which leaves them as they are. */
export function refuseFixed({ id, instanceId }: GroupBody, group: Group): void {
  if ((id ?? group.id) !== group.id) throw conflict('FixedGroupId', 'The id stays: it is part of the names of domains.');
  if ((instanceId ?? group.instanceId) !== group.instanceId)
    throw conflict('FixedGroupInstance', 'A group moves to another instance by POST /groups/:id/migration.');
}

/** Of what is stored though it cannot act, or not yet. `before` is null for a new group. */
export async function warnOfFields(change: Change, groupId: string, fields: Fields, before: Fields | null): Promise<void> {
  if (fields.network.vpc && before?.network.vpc !== true)
    change.warn({
      code: 'VpcListenerAbsent',
      message: 'The VPC domain is served on the VPC listener only, which is not offered yet.',
      path: 'network.vpc',
    });
  const { defaultDomain } = fields;
  if (defaultDomain === null || defaultDomain === before?.defaultDomain) return;
  const bound: unknown[] = await change.manager.query('SELECT 1 FROM group_domains WHERE group_id = $1 AND domain = $2', [
    groupId,
    defaultDomain,
  ]);
  if (bound.length > 0) return;
  const message = `${defaultDomain} is not bound to the group: until it is, clients that name no host get no certificate of it.`;
  change.warn({ code: 'UnboundDefaultDomain', message, path: 'defaultDomain' });
}
