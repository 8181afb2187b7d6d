/** A row as the management API shows it. */
import type { Actor } from '../change/change.js';
import type { InstanceView } from './instance.dto.js';
import type { Instance } from './instance.entity.js';

/** All accounts may see where their groups can live; the operator's network is shown to the default account only. */
export function showInstance(instance: Instance, { isDefaultAccount }: Actor): InstanceView {
  const { id, name, region, internalEndpoint, callsFromGateway, privateDns, createdAt, updatedAt } = instance;
  const { accessList, trafficLimit, description, httpsPolicy, ipv6, egressIpv6, kept } = instance;
  const { spec = null, intranetSegments = [], maintenance = null } = kept;
  return {
    id,
    name,
    description,
    region,
    ...(isDefaultAccount && { internalEndpoint }),
    callsFromGateway,
    ...(isDefaultAccount && { privateDns, accessList }),
    trafficLimit,
    httpsPolicy,
    ipv6,
    egressIpv6,
    spec,
    ...(isDefaultAccount && { intranetSegments, maintenance }),
    status: 'RUNNING',
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
