/** What an instance's keys do: seal and open secrets in chunks, sign and verify manifests. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Manifest, ManifestEnvelope } from '@causeway/contract';
import { canonicalBytes } from './canonical-json.js';
import { deriveSubkeys, type InstanceSubkeys } from './instance-key.js';
import type { Keyring } from './keyring.js';
import { openText, SEAL_IV_BYTES, sealText } from './sealed-text.js';

export type UnsignedManifest = Omit<Manifest, 'keyId' | 'mac'>;

export class InstanceKeys {
  private readonly subkeys: ReadonlyMap<string, InstanceSubkeys>;
  private readonly current: { readonly id: string; readonly subkeys: InstanceSubkeys };

  /** `keyring` holds the instance's own keys (`deriveInstanceKeyring`, or `CAUSEWAY_INSTANCE_KEY`). */
  constructor(keyring: Keyring) {
    this.subkeys = new Map(keyring.map(({ id, key }) => [id, deriveSubkeys(key)]));
    const { id } = keyring[0];
    this.current = { id, subkeys: this.subkeys.get(id) as InstanceSubkeys };
  }

  /** The same path and text give the same bytes, so that building a chunk again changes nothing: the IV is an HMAC of both. */
  seal(path: string, plaintext: string): string {
    const { id, subkeys } = this.current;
    const pathBytes = Buffer.from(path);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(pathBytes.length);
    const mac = createHmac('sha256', subkeys.iv).update(length).update(pathBytes).update(plaintext, 'utf8').digest();
    return sealText({ id, key: subkeys.seal }, mac.subarray(0, SEAL_IV_BYTES), path, plaintext);
  }

  /** Throws an Error on an unknown key, another path, or a single altered bit. */
  open(path: string, sealed: string): string {
    return openText((id) => this.subkeys.get(id)?.seal, path, sealed);
  }

  sign(manifest: UnsignedManifest): Manifest {
    const { id, subkeys } = this.current;
    const named = { ...manifest, keyId: id };
    return { ...named, mac: macOf(subkeys.manifest, named).toString('base64url') };
  }

  /** Compares in constant time; false for a key nobody has. */
  verify(manifest: Manifest | ManifestEnvelope): boolean {
    const { mac, ...named } = manifest;
    const subkeys = this.subkeys.get(manifest.keyId);
    if (subkeys === undefined) return false;
    return isSame(Buffer.from(mac), macOf(subkeys.manifest, named));
  }

  /** As `verify`, for canonical text that is not parsed yet: what was signed is all of it but the mac, which comes last of its kind. */
  verifyText(text: Buffer): boolean {
    const at = text.lastIndexOf(MAC);
    const end = text.indexOf('"', at + MAC.length);
    if (at < 0 || end < 0) return false;
    const given = text.subarray(at + MAC.length, end);
    const [before, after] = [text.subarray(0, at), text.subarray(end + 1)];
    return [...this.subkeys.values()].some(({ manifest }) =>
      isSame(given, createHmac('sha256', manifest).update(before).update(after).digest()),
    );
  }
}

const MAC = ',"mac":"';

function isSame(given: Buffer, mac: Buffer): boolean {
  const expected = Buffer.from(mac.toString('base64url'));
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function macOf(key: Buffer, named: object): Buffer {
  return createHmac('sha256', key).update(canonicalBytes(named)).digest();
}
