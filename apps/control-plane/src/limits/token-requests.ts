/** Counts the requests of a token, says how many are left, and refuses those beyond (management model 5.2). */
import { Injectable, Logger } from '@nestjs/common';
import type { Response } from 'express';
import { LimitCounters } from './limit-counters.js';
import { LimitSettings } from './limit-settings.js';
import { secondsOf, tooMany } from './too-many.js';

@Injectable()
export class TokenRequests {
  private readonly logger = new Logger('limits');

  constructor(
    private readonly settings: LimitSettings,
    private readonly counters: LimitCounters,
  ) {}

  /** Throws 429 when there were too many. Sets the `RateLimit` fields of the IETF's httpapi draft, version 6, in any case. */
  async count({ id, name }: { id: string; name: string }, response: Response): Promise<void> {
    const { count, seconds } = this.settings.tokenRequests;
    if (count === 0) return;
    const asked = await this.counters.tokenRequests.add(id);
    response.setHeader('RateLimit-Limit', count);
    response.setHeader('RateLimit-Remaining', Math.max(0, count - asked.count));
    response.setHeader('RateLimit-Reset', secondsOf(asked.resetMs));
    response.setHeader('RateLimit-Policy', `${count};w=${seconds}`);
    if (asked.count <= count) return;
    // Once a window.
    if (asked.count === count + 1)
      this.logger.warn({
        event: 'limit',
        limit: 'token-requests',
        tokenId: id,
        tokenName: name,
        count,
        seconds,
        refusedForSeconds: secondsOf(asked.resetMs),
        msg: 'too many requests with one token: it is refused for a while',
      });
    throw tooMany(
      response,
      'TooManyRequests',
      `A token may ask ${count} times in ${seconds} s: wait, then go on.`,
      asked.resetMs,
    );
  }
}
