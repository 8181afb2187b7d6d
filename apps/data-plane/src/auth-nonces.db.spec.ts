/** Nonces of real requests on two nodes that share a Redis, and without it (wire contract 2.5, nonce rules 1, 2 and 7). */
import { randomUUID } from 'node:crypto';
import { createRedisRelay, describeWithRedis, type RedisRelay, redisUrl } from '@causeway/test-stores';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createClient } from '@redis/client';
import { answering, type Backend, ok, startBackend } from './testing/backend.js';
import { ask } from './testing/client.js';
import { signed } from './testing/sign.js';
import { type Plane, startPlane } from './testing/start-plane.js';
import { headerOf } from './testing/wire.js';

describeWithRedis('two nodes', () => {
  const prefix = `causeway-test-${randomUUID()}`;
  let relay: RedisRelay;
  let backend: Backend;
  let nodes: Plane[];

  beforeEach(async () => {
    relay = await createRedisRelay(redisUrl ?? '');
    backend = await startBackend(answering(ok('')));
    nodes = [];
  });
  afterEach(async () => {
    for (const node of nodes) {
      expect(node.failures).toEqual([]);
      await node.stop();
    }
    await backend.close();
    await relay.stop();
    const redis = await createClient({ url: redisUrl ?? '' }).connect();
    const keys = await redis.keys(`${prefix}:*`);
    if (keys.length > 0) await redis.del(keys);
    redis.destroy();
  });

  async function start(whenAway = 'auto') {
    const api = { auth: 'APP' as const, backend: { type: 'HTTP' as const, address: backend.address, path: '/*' } };
    const node = await startPlane({
      program: { apis: [api, { ...api, path: '/forced/*', forceNonce: true }], keys: { K: 'S' } },
      environment: {
        REDIS_URL: relay.url,
        CAUSEWAY_REDIS_PREFIX: prefix,
        CAUSEWAY_NONCE_WHEN_REDIS_IS_AWAY: whenAway,
      },
    });
    nodes.push(node);
    while ((await node.metric('causeway_nonces_total{outcome="shared"}')) === 0) await send(node, request('/a', randomUUID()));
    return node;
  }

  const request = (target: string, nonce: string) =>
    signed({
      target,
      headers: [
        ['X-Ca-Nonce', nonce],
        ['X-Ca-Timestamp', String(Date.now())],
      ],
      list: ['X-Ca-Key', 'X-Ca-Nonce', 'X-Ca-Timestamp'],
    });
  const send = async (node: Plane, text: string) => headerOf((await ask(node.publicPort, text)).lines, 'X-Ca-Error-Code') ?? null;

  it.each(['/a', '/forced/a'])('let one of many equal requests to %s through, wherever they arrive', async (target) => {
    await start();
    await start();
    const text = request(target, 'n');
    const codes = await Promise.all(Array.from({ length: 30 }, (_, n) => send(nodes[n % 2]!, text)));
    expect(codes.filter((code) => code === null)).toHaveLength(1);
    expect(new Set(codes)).toEqual(new Set([null, 'S403NU']));
  });

  it.each([
    ['auto', [null, 'S403NU', 'X503BZ']],
    ['local', [null, 'S403NU', null]],
    ['refuse', ['X503BZ', 'X503BZ', 'X503BZ']],
  ] as const)('with the setting %s and no Redis answer what that says', async (setting, expected) => {
    const node = await start(setting);
    await relay.stop();
    const text = request('/a', 'n');
    expect([await send(node, text), await send(node, text), await send(node, request('/forced/a', 'm'))]).toEqual(expected);
  });
});
