/** Keys of an instance, derived so that a data plane can hold its own and nothing else. */
import { hkdfSync } from 'node:crypto';
import type { Keyring } from './keyring.js';

/** What the keys of an instance are for; each purpose has its own. */
export interface InstanceSubkeys {
  /** AES-256-GCM of sealed values. */
  readonly seal: Buffer;
  /** HMAC that gives a sealed value its IV. */
  readonly iv: Buffer;
  /** HMAC of manifests. */
  readonly manifest: Buffer;
}

/** Master keys -> the keys of one instance, under the same ids (HKDF-SHA256, the instance id in `info`). */
export function deriveInstanceKeyring(master: Keyring, instanceId: string): Keyring {
  return master.map(({ id, key }) => ({ id, key: derive(key, `causeway instance key v1:${instanceId}`) })) as unknown as Keyring;
}

export function deriveSubkeys(instanceKey: Buffer): InstanceSubkeys {
  return {
    seal: derive(instanceKey, 'causeway seal v1'),
    iv: derive(instanceKey, 'causeway iv v1'),
    manifest: derive(instanceKey, 'causeway manifest v1'),
  };
}

function derive(key: Buffer, info: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), info, 32));
}
