/** A secret of every kind, kept through the management API under texts that nothing else holds: what must be sealed, and show nowhere. */
import { makeCertificate } from '../../certificates/testing/make-certificate.js';
import { newName, type Owner } from '../owner.js';

export interface Planted {
  /** What it is -> its text. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly groupId: string;
  readonly apiId: string;
  readonly appId: string;
  /** By type. */
  readonly plugins: Readonly<Record<string, string>>;
  readonly datasetId: string;
}

/** @param mark makes the texts of two plants differ */
export async function plantSecrets(owner: Owner, mark: string): Promise<Planted> {
  const secret = (name: string) => `planted-${mark}-${name}`;
  const made = async (call: string, body: object, status = 201) => (await owner.send(call, body).expect(status)).body;
  const groupId = await owner.group();
  const apiId = await owner.api(groupId);
  await owner.deploy(apiId);

  const appId = (await made('POST /apps', { name: newName(), secret: secret('app-secret'), appCode: secret('first-code') })).id;
  const { key } = await made(`POST /apps/${appId}/keys`, { secret: secret('retired-secret') });
  await made(`POST /apps/${appId}/keys/${key}/rotation`, { secret: secret('rotated-secret'), overlapSeconds: 3600 }, 200);
  await made(`POST /apps/${appId}/app-codes`, { code: secret('second-code') });
  const idempotent = { name: newName(), secret: secret('repeatable-secret') };
  await owner.send('POST /apps', idempotent).set('Idempotency-Key', newName()).expect(201);

  const { id: datasetId } = await made('POST /datasets', { name: newName(), type: 'BASIC_AUTH_ACCESS' });
  await made(`POST /datasets/${datasetId}/items`, { items: [{ value: `alice:${secret('dataset-password')}` }] });

  const plugins: Record<string, string> = {};
  for (const [type, { before, now }] of Object.entries(pluginConfigs(secret, datasetId))) {
    const { id } = await made('POST /plugins', { name: newName(), type, config: before });
    await made(`POST /plugins/${id}/bindings`, { groupId, stage: 'RELEASE' });
    // What it was before is kept for rolling back.
    await made(`PUT /plugins/${id}`, { config: now }, 200);
    plugins[type] = id;
  }

  const domain = `${newName()}.example.com`;
  const { certificate, privateKey } = makeCertificate({ name: domain, hostNames: [domain] });
  const { id: certificateId } = await made('POST /certificates', { name: newName(), certificate, privateKey });
  await made(`POST /groups/${groupId}/domains`, { domain, certificateId });

  const { token } = await made('POST /tokens', { name: newName(), role: 'viewer' });
  const names = ['app-secret', 'first-code', 'retired-secret', 'rotated-secret', 'second-code', 'repeatable-secret'];
  names.push('dataset-password', 'signing-secret-before', 'signing-secret', 'password-before', 'password');
  return {
    secrets: {
      ...Object.fromEntries(names.map((name) => [name, secret(name)])),
      // One line of the PEM: its breaks may be written in other ways.
      'certificate key': privateKey.split('\n')[1] ?? '',
      token,
    },
    groupId,
    apiId,
    appId,
    plugins,
    datasetId,
  };
}

function pluginConfigs(secret: (name: string) => string, datasetId: string): Record<string, { before: object; now: string }> {
  return {
    backendSignature: {
      before: { type: 'APIGW_FRONTEND', key: 'SIGNER', secret: secret('signing-secret-before') },
      now: `type: APIGW_FRONTEND\nkey: SIGNER\nsecret: ${secret('signing-secret')}\n`,
    },
    basicAuth: {
      before: { users: [{ username: 'bob', password: secret('password-before') }] },
      now: `# The set of others is kept apart.\nusersDatasetId: ${datasetId}\nusers:\n- username: bob\n  password: ${secret('password')}\n`,
    },
  };
}
