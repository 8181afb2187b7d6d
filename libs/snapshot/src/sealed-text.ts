/** Text sealed with AES-256-GCM and bound to the path where it stands. */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { NamedKey } from './keyring.js';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** `v1.<keyId>.<base64url(iv, ciphertext, tag)>`. An IV must never serve two different texts under one key. */
export function sealText({ id, key }: NamedKey, iv: Buffer, path: string, plaintext: string): string {
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(path));
  const sealed = Buffer.concat([iv, cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `v1.${id}.${sealed.toString('base64url')}`;
}

/** Throws an Error, without any content, on a key nobody has, another path, or a single altered bit. */
export function openText(keyOf: (id: string) => Buffer | undefined, path: string, sealed: string): string {
  const [version, id, payload, ...rest] = sealed.split('.');
  if (version !== 'v1' || id === undefined || payload === undefined || rest.length > 0)
    throw new Error(`${path} is not a sealed value`);
  const key = keyOf(id);
  if (key === undefined) throw new Error(`${path} is sealed with key ${id.slice(0, 64)}, which is not at hand`);
  const bytes = Buffer.from(payload, 'base64url');
  // Spare bits at the end of base64url decode to the same bytes: one value has one spelling.
  if (bytes.length < IV_BYTES + TAG_BYTES || bytes.toString('base64url') !== payload)
    throw new Error(`${path} is not a sealed value`);
  const tagAt = bytes.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(path))
    .setAuthTag(bytes.subarray(tagAt));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, tagAt)), decipher.final()]).toString('utf8');
  } catch {
    throw new Error(`${path} was altered or belongs elsewhere`);
  }
}

export const SEAL_IV_BYTES = IV_BYTES;
