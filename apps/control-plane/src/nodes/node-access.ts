/** Who may read snapshots and report: data planes, each for its own instance. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable, UnauthorizedException } from '@nestjs/common';
import { SnapshotSettings } from '../publish/snapshot-settings.js';

@Injectable()
export class NodeAccess {
  constructor(private readonly settings: SnapshotSettings) {}

  /** A token that is good for one instance only: what an operator hands out with the instance's key. */
  tokenFor(instanceId: string): string {
    return createHmac('sha256', this.settings.nodeToken).update(`causeway node token v1:${instanceId}`).digest('base64url');
  }

  /** Throws 401 unless the header bears the deployment's node token or that of this instance; null for an unknown instance. */
  require(authorization: string | undefined, instanceId: string | null): void {
    const given = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization ?? '')?.[1] ?? '';
    const isDeployments = isSame(given, this.settings.nodeToken);
    const isInstances = instanceId !== null && isSame(given, this.tokenFor(instanceId));
    if (!isDeployments && !isInstances) throw new UnauthorizedException('A node token is required');
  }
}

/** Constant time, whatever the lengths. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
