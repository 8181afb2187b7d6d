/** Seals what the store must not show, with the master key. */
import { randomBytes } from 'node:crypto';
import { openText, SEAL_IV_BYTES, sealText } from '@causeway/snapshot';
import { Injectable } from '@nestjs/common';
import { SnapshotSettings } from '../publish/snapshot-settings.js';

/** What stands in every answer in place of a secret. */
export const MASKED = '******';

@Injectable()
export class StoredSecrets {
  constructor(private readonly settings: SnapshotSettings) {}

  /** With the first key; bound to where the value stands (`storedPaths`). */
  seal(path: string, plaintext: string): string {
    const [first] = this.settings.masterKeys;
    if (first === undefined) throw new Error('There is no master key');
    return sealText(first, randomBytes(SEAL_IV_BYTES), path, plaintext);
  }

  /** Throws, without any content, when the key is not here or the value was altered. */
  open(path: string, sealed: string): string {
    return openText((id) => this.settings.masterKeys.find((key) => key.id === id)?.key, path, sealed);
  }
}
