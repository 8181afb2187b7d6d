/** Limits on who guesses at tokens and on who asks too much. */
import { Module } from '@nestjs/common';
import { ClientNetwork } from './client-network.js';
import { FailedTokens } from './failed-tokens.js';
import { LimitCounters } from './limit-counters.js';
import { TokenRequests } from './token-requests.js';

@Module({
  providers: [ClientNetwork, FailedTokens, LimitCounters, TokenRequests],
  exports: [FailedTokens, TokenRequests],
})
export class LimitsModule {}
