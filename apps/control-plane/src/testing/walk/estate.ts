/** One of everything that a path or a body can name, for walks over all routes. */
import { makeCertificate } from '../../certificates/testing/make-certificate.js';
import { newName, type Owner } from '../owner.js';

export interface Estate {
  /** Key of `seedKeys` -> the value that a path names. A new resource adds its line below. */
  readonly paths: Readonly<Record<string, string>>;
  /** Field of a body or a query -> a value that names something of this estate. */
  readonly references: Readonly<Record<string, unknown>>;
}

/**
 * @param mark makes the names that are not unique across accounts differ between two estates: two to ten capital letters
 * @param operator makes what the operator alone makes: an instance
 */
export async function buildEstate(owner: Owner, operator: Owner, mark: string): Promise<Estate> {
  const made = async (call: string, body: object, by = owner) => (await by.send(call, body).expect(201)).body;
  const { id: instance } = await made('POST /instances', { name: newName() }, operator);
  const group = await owner.group();
  await made(`POST /groups/${group}/stages`, { name: mark, alias: mark });
  const domain = `${mark.toLowerCase()}.example.com`;
  const { certificate, privateKey } = makeCertificate({ name: domain, hostNames: [domain] });
  const { id: certificateId } = await made('POST /certificates', { name: newName(), certificate, privateKey });
  await made(`POST /groups/${group}/domains`, { domain, certificateId });
  const { id: access } = await made('POST /vpc-accesses', { name: newName(), address: '10.0.0.7:80' });
  const api = await owner.api(group);
  const { version } = await owner.deploy(api, { stage: mark });
  const app = await owner.app();
  const { key } = await made(`POST /apps/${app}/keys`, {});
  const { id: code } = await made(`POST /apps/${app}/app-codes`, {});
  const grants = await made('POST /grants', { appId: app, apiIds: [api], stage: 'RELEASE' });
  const config = { type: 'ALLOW', items: [{ blocks: ['192.0.2.1'] }] };
  const { id: plugin } = await made('POST /plugins', { name: newName(), type: 'ipControl', config });
  const bound = await made(`POST /plugins/${plugin}/bindings`, { apiIds: [api], stage: mark });
  const { id: model } = await made(`POST /groups/${group}/models`, { name: newName(), schema: { type: 'object' } });
  const { id: dataset } = await made('POST /datasets', { name: newName(), type: 'IP_WHITELIST_CIDR' });
  await made(`POST /datasets/${dataset}/items`, { items: [{ value: '192.0.2.0/24' }] });
  const { body: items } = await owner.send(`GET /datasets/${dataset}/items`).expect(200);
  const { id: token } = await made('POST /tokens', { name: newName(), role: 'viewer' });
  const { body: accounts } = await owner.send(`GET /tokens/${token}`).expect(200);
  const { body: instances } = await owner.send('GET /instances?name=default').expect(200);
  return {
    paths: {
      'accounts/*': accounts.accountId,
      'tokens/*': token,
      'instances/*': instance,
      'groups/*': group,
      'groups/*/stages/*': mark,
      'groups/*/domains/*': domain,
      'certificates/*': certificateId,
      'vpc-accesses/*': access,
      'apis/*': api,
      'apis/*/deployments/*': mark,
      'apis/*/versions/*': version,
      'apps/*': app,
      'apps/*/keys/*': key,
      'apps/*/app-codes/*': code,
      'grants/*': grants.items[0].id,
      'plugins/*': plugin,
      'plugins/*/bindings/*': bound.items[0].id,
      'groups/*/models/*': model,
      'datasets/*': dataset,
      'datasets/*/items/*': items.items[0].id,
      'revisions/*': String(bound.revision),
    },
    references: {
      accountId: accounts.accountId,
      instanceId: instances.items[0].id,
      groupId: group,
      apiId: api,
      apiIds: [api],
      appId: app,
      appIds: [app],
      certificateId,
      vpcIds: ['vpc-1'],
      resourceId: group,
      version,
      against: version,
    },
  };
}
