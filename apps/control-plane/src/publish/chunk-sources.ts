/** Gives the builders of chunks their keys. */
import { deriveInstanceKeyring, InstanceKeys } from '@causeway/snapshot';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { StoredSecrets } from '../secrets/stored-secrets.js';
import type { ChunkSource } from './chunks/chunk-source.js';
import { SnapshotSettings } from './snapshot-settings.js';

@Injectable()
export class ChunkSources {
  private readonly keysById = new Map<string, InstanceKeys>();

  private readonly stored: StoredSecrets;

  constructor(private readonly settings: SnapshotSettings) {
    this.stored = new StoredSecrets(settings);
  }

  /** The keys of an instance, derived once. */
  keysOf(instanceId: string): InstanceKeys {
    const known = this.keysById.get(instanceId);
    if (known !== undefined) return known;
    const keys = new InstanceKeys(deriveInstanceKeyring(this.settings.masterKeys, instanceId));
    this.keysById.set(instanceId, keys);
    return keys;
  }

  of(manager: EntityManager, instanceId: string): ChunkSource {
    const keys = this.keysOf(instanceId);
    return {
      manager,
      instanceId,
      domainSuffix: this.settings.domainSuffix,
      openStored: (path, sealed) => this.stored.open(path, sealed),
      seal: (path, plaintext) => keys.seal(path, plaintext),
    };
  }
}
