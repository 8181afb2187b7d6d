/** Starts the server that a contender names. */
import { randomBytes } from 'node:crypto';
import type { Bed, Server } from '../bed.js';
import { CONTENDERS, type ServerName } from '../contenders.js';
import { untilRight } from '../probe.js';
import { type DataPlaneOptions, startDataPlane } from './data-plane.js';
import { startHttpProxy } from './http-proxy.js';
import { startNginxGateway } from './nginx-gateway.js';
import { startStore } from './store.js';

const START_MS = 30_000;

export function startServer(name: ServerName, bed: Bed, nodeArgs: readonly string[] = []): Promise<Server> {
  switch (name) {
    case 'nginx':
      return startNginxGateway(bed, false);
    case 'nginx-logs':
      return startNginxGateway(bed, true);
    case 'http-proxy':
      return startHttpProxy(bed);
    case 'store-10':
    case 'store-100000':
    case 'store-plugins':
      return startStore(bed, name, nodeArgs);
    case 'causeway':
      return startFollower(name, bed, { nodeArgs });
    case 'causeway-wire':
      return startFollower(name, bed, { nodeArgs, internalCalls: 'wire' });
    case 'causeway-logs':
      return startFollower(name, bed, { nodeArgs, accessLog: true });
    case 'causeway-wire-logs':
      return startFollower(name, bed, { nodeArgs, internalCalls: 'wire', accessLog: true });
    case 'causeway-redis':
      return startWithRedis(name, bed, nodeArgs);
  }
}

/** Keys get a prefix of their own, and go by themselves within 15 minutes. */
async function startWithRedis(name: ServerName, bed: Bed, nodeArgs: readonly string[]): Promise<Server> {
  const environment = {
    REDIS_URL: await bed.redis(),
    CAUSEWAY_REDIS_PREFIX: `causeway-bench-${randomBytes(4).toString('hex')}`,
    CAUSEWAY_NONCE_WHEN_REDIS_IS_AWAY: 'refuse', // a measurement without Redis must not pass for one with it
  };
  return startFollower(name, bed, { nodeArgs, environment });
}

/** A data plane that runs what the stack's control plane publishes. */
async function startFollower(name: ServerName, bed: Bed, options: Partial<DataPlaneOptions>): Promise<Server> {
  const { dataPlaneEnvironment } = await bed.stack();
  return startDataPlane(bed, {
    name,
    ...options,
    environment: { ...dataPlaneEnvironment, CAUSEWAY_INSTANCE: 'default', ...options.environment },
    untilRight: async (port, hasEnded) => {
      for (const contender of CONTENDERS) {
        if (contender.server === name) await untilRight(contender, port, START_MS, hasEnded);
      }
    },
  });
}
