/** Hands out what a data plane of one instance needs, so that it need not hold the master key. */
import { deriveInstanceKeyring, formatKeyring } from '@causeway/snapshot';
import { Injectable } from '@nestjs/common';
import { operatorOrRefuse } from '../accounts/operator.js';
import type { Actor } from '../change/change.js';
import { findOrRefuse } from '../http/find-or-refuse.js';
import { Writes } from '../http/writes.js';
import { NodeAccess } from '../nodes/node-access.js';
import { SnapshotSettings } from '../publish/snapshot-settings.js';
import { Instance } from './instance.entity.js';

@Injectable()
export class InstanceKeysService {
  constructor(
    private readonly writes: Writes,
    private readonly settings: SnapshotSettings,
    private readonly access: NodeAccess,
  ) {}

  /** Nothing is stored: both are derived, so that they stay the same until the master key or the node token changes. Audited. */
  hand(actor: Actor, id: string): Promise<{ instanceId: string; key: string; nodeToken: string }> {
    operatorOrRefuse(actor);
    return this.writes.run(actor, { timeout: 0 }, async (change) => {
      await findOrRefuse(change.manager, Instance, { id }, 'instance');
      change.audit('instance.key', 'instance', id);
      const key = formatKeyring(deriveInstanceKeyring(this.settings.masterKeys, id));
      return { instanceId: id, key, nodeToken: this.access.tokenFor(id) };
    });
  }
}
