/** Requests a second of groups and of the instance (wire contract 12). */
// hot
import { redisKeys } from '@causeway/contract';
import type { Program } from '@causeway/engine';
import { type Answer, refuse } from '@causeway/plugins';
import type { Config } from '../config.js';
import type { Hop } from '../gateway.js';
import { LocalCounter } from './local-counter.js';
import { RateLimitCounters, type RequestCounter } from './request-counter.js';
import { SharedCounter } from './shared-counter.js';

export class RateLimits {
  constructor(
    private readonly counter: RequestCounter,
    private readonly prefix: string,
    readonly counters: RateLimitCounters,
    readonly close: () => void,
  ) {}

  /** Counts a request where a limit asks for it; nothing where there is none: no promise, no look-up. */
  check(x: Hop, program: Program): Promise<Answer | undefined> | undefined {
    const ofGroup = x.route!.group.trafficLimit;
    const ofInstance = program.instance.trafficLimit;
    if (ofGroup === null && ofInstance === null) return undefined;
    return this.count(x.route!.groupId, program.instance.id, ofGroup, ofInstance);
  }

  private async count(
    groupId: string,
    instanceId: string,
    ofGroup: number | null,
    ofInstance: number | null,
  ): Promise<Answer | undefined> {
    if (ofInstance !== null) {
      const waitMs = await this.counter.take(redisKeys.requests(this.prefix, instanceId, 'all'), ofInstance);
      if (waitMs > 0) return throttled('T429IN', waitMs);
    }
    if (ofGroup !== null) {
      const waitMs = await this.counter.take(redisKeys.requests(this.prefix, instanceId, groupId), ofGroup);
      if (waitMs > 0) return throttled('T429GR', waitMs);
    }
    return undefined;
  }
}

/** @param onRedis told when Redis stops answering, with the reason, and when it answers again (null) */
export function openRateLimits(
  { redisUrl, redisPrefix }: Pick<Config, 'redisUrl' | 'redisPrefix'>,
  onRedis: (reason: string | null) => void,
): RateLimits {
  const counters = new RateLimitCounters();
  const local = new LocalCounter(counters);
  if (redisUrl === null) return new RateLimits(local, redisPrefix, counters, () => {});
  const shared = new SharedCounter(redisUrl, local, counters, onRedis);
  return new RateLimits(shared, redisPrefix, counters, () => shared.close());
}

function throttled(code: 'T429GR' | 'T429IN', waitMs: number): Answer {
  const answer = refuse(code);
  answer.headers.push('Retry-After', String(Math.ceil(waitMs / 1000)));
  return answer;
}
