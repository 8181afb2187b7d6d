/** Between an instance's row and what its operator edits. */
import { isDeepStrictEqual } from 'node:util';
import { storedAccessList } from './access-list.dto.js';
import type { InstanceBody } from './instance.dto.js';
import { DEFAULT_HTTPS_POLICY, type Instance, type StoredDnsEntry } from './instance.entity.js';

type Fields = Omit<Instance, 'id' | 'accountId' | 'region' | 'hopIds' | 'createdAt' | 'updatedAt'>;

/** What a merge patch is applied to. */
export function editable({ name, description, region, internalEndpoint, callsFromGateway, ...rest }: Instance): object {
  const { privateDns, accessList, trafficLimit, httpsPolicy, ipv6, egressIpv6, kept } = rest;
  const endpoint = internalEndpoint !== null && { internalEndpoint };
  const own = { name, description, region, ...endpoint, callsFromGateway, privateDns, accessList, trafficLimit };
  return { ...own, httpsPolicy, ipv6, egressIpv6, ...kept };
}

/** Columns that a body sets, the region aside, which is set once. */
export function fieldsOf({ name, description = '', internalEndpoint, callsFromGateway = false, ...rest }: InstanceBody): Fields {
  const { privateDns = [], accessList = {}, trafficLimit = null } = rest;
  const { httpsPolicy = DEFAULT_HTTPS_POLICY, ipv6 = false, egressIpv6 = false, spec, intranetSegments, maintenance } = rest;
  return {
    name,
    description,
    internalEndpoint: internalEndpoint?.toLowerCase() ?? null,
    callsFromGateway,
    privateDns: privateDns.map(({ host, records }): StoredDnsEntry => ({ host: host.toLowerCase(), records })),
    accessList: storedAccessList(accessList),
    trafficLimit,
    httpsPolicy,
    ipv6,
    egressIpv6,
    kept: {
      ...(spec !== undefined && { spec }),
      ...(intranetSegments !== undefined && { intranetSegments }),
      ...(maintenance !== undefined && { maintenance: { ...maintenance } }),
    },
  };
}

export function changedFields(instance: Instance, fields: Fields): (keyof Fields)[] {
  // The store has no undefined: compared as it will stand there.
  const plain: Fields = JSON.parse(JSON.stringify(fields));
  return (Object.keys(plain) as (keyof Fields)[]).filter((name) => !isDeepStrictEqual(instance[name], plain[name]));
}
