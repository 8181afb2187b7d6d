/** Ends guessing at tokens: counts those that were shown and are not good by the client's network (management model 5.1). */
import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Problem } from '../http/problem.js';
import { ClientNetwork } from './client-network.js';
import type { Count } from './counter.js';
import { LimitCounters } from './limit-counters.js';
import { LimitSettings } from './limit-settings.js';
import { RecentKeys } from './recent-keys.js';
import { secondsOf, tooMany } from './too-many.js';
import { Turns } from './turns.js';

/** Tokens of one network that may be looked up at a time while none of them is known to be good: a burst gains no more guesses than this. */
const GUESSES_AT_ONCE = 4;
/** Tokens that were good, each from its network. */
const MAX_KNOWN = 10_000;

@Injectable()
export class FailedTokens {
  private readonly logger = new Logger('limits');
  private readonly turns = new Turns(GUESSES_AT_ONCE);
  /** Hashes. Whoever is in it is let through to be looked up, no more. */
  private readonly known = new RecentKeys(MAX_KNOWN);

  constructor(
    private readonly settings: LimitSettings,
    private readonly networks: ClientNetwork,
    private readonly counters: LimitCounters,
  ) {}

  /**
   * Looks up what a request shows, unless its network has shown too many that were not good: then it throws 429 without a look.
   * A token that was good before from the same network is looked up in any case, so that nobody locks out those who share an address.
   *
   * @param shown the value of Authorization
   * @param lookUp null: not good
   */
  async judge<T>(request: Request, response: Response, shown: string, lookUp: () => Promise<T | null>): Promise<T | null> {
    if (this.settings.failedTokens.count === 0) return lookUp();
    const network = this.networks.of(request);
    const mark = createHash('sha256').update(`${network} ${shown}`).digest('base64');
    const look = async () => {
      const found = await lookUp();
      if (found !== null) this.known.use(mark);
      else await this.fail(network, mark, response);
      return found;
    };
    if (this.known.has(mark)) return look();
    return this.turns.take(network, async () => {
      // Another request may have shown meanwhile that it is good.
      if (!this.known.has(mark)) {
        const failed = await this.counters.failedTokens.read(network);
        if (failed.count >= this.settings.failedTokens.count) throw refusal(response, failed);
      }
      return look();
    });
  }

  private async fail(network: string, mark: string, response: Response): Promise<void> {
    this.known.delete(mark);
    const failed = await this.counters.failedTokens.add(network);
    const { count, seconds } = this.settings.failedTokens;
    // Once a window, by whoever counts the last one.
    if (failed.count === count)
      this.logger.warn({
        event: 'limit',
        limit: 'failed-tokens',
        network,
        count,
        seconds,
        refusedForSeconds: secondsOf(failed.resetMs),
        msg: 'too many failed tokens from one network: it is refused for a while',
      });
    if (failed.count > count) throw refusal(response, failed);
  }
}

function refusal(response: Response, { resetMs }: Count): Problem {
  return tooMany(
    response,
    'TooManyFailedTokens',
    'Too many tokens that are not good came from this address: wait, and send one that is.',
    resetMs,
  );
}
