/** Values of datasets on their way into the store and out of it. */
import { createHash, createHmac } from 'node:crypto';
import { parseBlock } from '@causeway/condition';
import { type DatasetType, isSecretDataset } from '@causeway/contract';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { canonicalBlock } from '../instances/address-block.js';
import { storedPaths } from '../publish/chunks/chunk-source.js';
import { hashKey } from '../secrets/hash-key.js';
import { MASKED, StoredSecrets } from '../secrets/stored-secrets.js';
import type { Dataset } from './dataset.entity.js';
import type { DatasetItem } from './dataset-item.entity.js';

/** As the plugin basicAuth takes them in its own list of users. */
const CREDENTIALS = /^[^:\p{Cc}\p{Cs}]{1,128}:[^\p{Cc}\p{Cs}]{1,256}$/u;

@Injectable()
export class ItemValues {
  constructor(private readonly secrets: StoredSecrets) {}

  /** The one form in which a value is kept, or what is wrong with it. */
  read(type: DatasetType, text: string): { readonly value: string } | { readonly problem: string } {
    if (type === 'IP_WHITELIST_CIDR') {
      const value = canonicalBlock(text, 'ipv4') ?? canonicalBlock(text, 'ipv6');
      if (value !== null) return { value };
      const mapped = parseBlock(text) === null ? '' : '; write an IPv4 address in its own form';
      return { problem: `must be an address or a block such as 10.0.0.0/8${mapped}` };
    }
    if (type !== 'BASIC_AUTH_ACCESS') return { value: text };
    if (!CREDENTIALS.test(text))
      return { problem: 'must be username:password, of 1 to 128 and 1 to 256 characters without control characters' };
    if (text.endsWith(`:${MASKED}`)) return { problem: 'has ****** for its password, which stands for one that is not shown' };
    return { value: text };
  }

  /** Equal for equal values of the dataset; a secret cannot be guessed from it without the key. */
  async digests(manager: EntityManager, { id, type }: Dataset, values: readonly string[]): Promise<string[]> {
    if (!isSecretDataset(type)) return values.map((value) => createHash('sha256').update(value).digest('base64url'));
    const key = await hashKey(manager, this.secrets);
    return values.map((value) => createHmac('sha256', key).update(`dataset ${id} ${value}`).digest('base64url'));
  }

  store({ type }: Dataset, itemId: string, value: string): string {
    return isSecretDataset(type) ? this.secrets.seal(storedPaths.datasetItem(itemId), value) : value;
  }

  open({ type }: Dataset, { id, value }: DatasetItem): string {
    return isSecretDataset(type) ? this.secrets.open(storedPaths.datasetItem(id), value) : value;
  }

  /** Without the password, the user's name tells items apart. */
  masked(dataset: Dataset, item: DatasetItem): string {
    const value = this.open(dataset, item);
    return isSecretDataset(dataset.type) ? `${value.slice(0, value.indexOf(':'))}:${MASKED}` : value;
  }
}
