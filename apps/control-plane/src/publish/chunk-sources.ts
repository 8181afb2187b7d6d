/** Gives the builders of chunks their keys. */
import { deriveInstanceKeyring, InstanceKeys, openText } from '@causeway/snapshot';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ChunkSource } from './chunks/chunk-source.js';
import { SnapshotSettings } from './snapshot-settings.js';

@Injectable()
export class ChunkSources {
  private readonly keysById = new Map<string, InstanceKeys>();

  constructor(private readonly settings: SnapshotSettings) {}

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
    const { masterKeys, domainSuffix } = this.settings;
    return {
      manager,
      instanceId,
      domainSuffix,
      openStored: (path, sealed) => openText((id) => masterKeys.find((each) => each.id === id)?.key, path, sealed),
      seal: (path, plaintext) => keys.seal(path, plaintext),
    };
  }
}
