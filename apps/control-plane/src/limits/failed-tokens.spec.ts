import { expect, it } from '@jest/globals';
import type { Request, Response } from 'express';
import { ClientNetwork } from './client-network.js';
import { FailedTokens } from './failed-tokens.js';
import { LimitCounters } from './limit-counters.js';
import type { LimitSettings } from './limit-settings.js';

const LIMIT = 10;
const settings: LimitSettings = {
  redisUrl: null,
  redisPrefix: '',
  trustedProxies: [],
  failedTokens: { count: LIMIT, seconds: 60 },
  tokenRequests: { count: 0, seconds: 1 },
};

it('looks up hardly more tokens of one address than it may show, when all of them come at once', async () => {
  const counters = new LimitCounters(settings);
  counters.onModuleInit();
  const failedTokens = new FailedTokens(settings, new ClientNetwork(settings), counters);
  const request = { socket: { remoteAddress: '::ffff:192.0.2.1' }, headers: {} } as unknown as Request;
  const response = { setHeader() {} } as unknown as Response;
  let lookUps = 0;
  const answers = await Promise.allSettled(
    Array.from({ length: 1000 }, (_, n) =>
      failedTokens.judge(request, response, `guess ${n}`, async () => {
        lookUps++;
        await new Promise(setImmediate);
        return null;
      }),
    ),
  );
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(LIMIT);
  expect(lookUps).toBeLessThan(LIMIT + 4);
});
