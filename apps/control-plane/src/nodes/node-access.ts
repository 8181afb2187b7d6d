/** Who may read snapshots and report: data planes, each for its own instance. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable, UnauthorizedException } from '@nestjs/common';
import type { Request } from 'express';
import { FailedTokens } from '../limits/failed-tokens.js';
import { SnapshotSettings } from '../publish/snapshot-settings.js';

@Injectable()
export class NodeAccess {
  constructor(
    private readonly settings: SnapshotSettings,
    private readonly failedTokens: FailedTokens,
  ) {}

  /** A token that is good for one instance only: what an operator hands out with the instance's key. */
  tokenFor(instanceId: string): string {
    return createHmac('sha256', this.settings.nodeToken).update(`causeway node token v1:${instanceId}`).digest('base64url');
  }

  /**
   * Looks up what the request is about, for those who may see it: 401 unless it bears the deployment's node token or that of the very
   * instance, 429 without a look for who has shown too many others.
   *
   * @param instanceOf the instance that was found to be concerned; null for an unknown one
   */
  async admit<T>(request: Request, lookUp: () => Promise<T>, instanceOf: (found: T) => string | null): Promise<T> {
    const { authorization } = request.headers;
    if (authorization === undefined) throw new UnauthorizedException(NEEDED);
    const token = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization)?.[1] ?? '';
    const admitted = await this.failedTokens.judge(request, request.res!, authorization, async () => {
      const found = await lookUp();
      return this.isGood(token, instanceOf(found)) ? { found } : null;
    });
    if (admitted === null) throw new UnauthorizedException(NEEDED);
    return admitted.found;
  }

  private isGood(token: string, instanceId: string | null): boolean {
    const isDeployments = isSame(token, this.settings.nodeToken);
    const isInstances = instanceId !== null && isSame(token, this.tokenFor(instanceId));
    return isDeployments || isInstances;
  }
}

const NEEDED = 'A node token is required';

/** Constant time, whatever the lengths. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
