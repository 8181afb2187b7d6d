/** Between an instance's row and what its operator edits. */
import { isDeepStrictEqual } from 'node:util';
import { storedAccessList } from './access-list.dto.js';
import type { InstanceBody } from './instance.dto.js';
import type { Instance, StoredDnsEntry } from './instance.entity.js';

type Fields = Pick<Instance, 'name' | 'internalEndpoint' | 'callsFromGateway' | 'privateDns' | 'accessList' | 'trafficLimit'>;

/** What a merge patch is applied to. */
export function editable({ name, region, internalEndpoint, callsFromGateway, ...rest }: Instance): object {
  const { privateDns, accessList, trafficLimit } = rest;
  const endpoint = internalEndpoint !== null && { internalEndpoint };
  return { name, region, ...endpoint, callsFromGateway, privateDns, accessList, trafficLimit };
}

/** Columns that a body sets, the region aside, which is set once. */
export function fieldsOf({ name, internalEndpoint, callsFromGateway = false, ...rest }: InstanceBody): Fields {
  const { privateDns = [], accessList = {}, trafficLimit = null } = rest;
  return {
    name,
    internalEndpoint: internalEndpoint?.toLowerCase() ?? null,
    callsFromGateway,
    privateDns: privateDns.map(({ host, records }): StoredDnsEntry => ({ host: host.toLowerCase(), records })),
    accessList: storedAccessList(accessList),
    trafficLimit,
  };
}

export function changedFields(instance: Instance, fields: Fields): (keyof Fields)[] {
  // The store has no undefined: compared as it will stand there.
  const plain: Fields = JSON.parse(JSON.stringify(fields));
  const names: (keyof Fields)[] = ['name', 'internalEndpoint', 'callsFromGateway', 'privateDns', 'accessList', 'trafficLimit'];
  return names.filter((name) => !isDeepStrictEqual(instance[name], plain[name]));
}
