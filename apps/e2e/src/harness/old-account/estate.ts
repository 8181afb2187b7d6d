/** The gateway that an old account moves to: two instances with a node each, and the backends that stay where they were. */
import { randomBytes } from 'node:crypto';
import { redisUrl } from '@causeway/test-stores';
import { expect } from '@jest/globals';
import { startEchoBackend } from '../echo-backend.js';
import { type DataPlane, type Gateway, startGateway } from '../gateway.js';
import type { Management } from '../management.js';
import { type OldAccount, oldAccount } from './account.js';

export type Place = 'default' | 'second';
export const PLACES: readonly Place[] = ['default', 'second'];

/** Of a write: answered when all nodes have it, late only when something is wrong. */
export const APPLIED = 'wait=applied&timeout=30000';

export interface Estate {
  readonly gateway: Gateway;
  readonly management: Management;
  readonly account: OldAccount;
  readonly instances: Readonly<Record<Place, string>>;
  /** Where clients of an instance send now. */
  readonly nodes: Record<Place, DataPlane>;
  /** Starts a node, which other instances call from now on. */
  startNode(place: Place, settings?: Record<string, string>): Promise<DataPlane>;
  /** All that was written is in force on every node. */
  inForce(): Promise<void>;
}

export async function startEstate(masterKey: string): Promise<Estate> {
  const gateway = await startGateway({ environment: { CAUSEWAY_MASTER_KEY: masterKey }, ...(redisUrl ? { redisUrl } : {}) });
  try {
    return await settle(gateway);
  } catch (error) {
    await gateway.stop();
    throw error;
  }
}

async function settle(gateway: Gateway): Promise<Estate> {
  const backends = [await startEchoBackend('blue'), await startEchoBackend('green')] as const;
  gateway.closeAtEnd(...backends);
  const { management } = gateway;
  const { id } = await management.call('POST /instances', { name: 'second' });
  const instances = { default: await management.instanceId('default'), second: id };
  const startNode: Estate['startNode'] = async (place, settings = {}) => {
    const node = await gateway.startDataPlane({ CAUSEWAY_INSTANCE: place, ...settings });
    const internalEndpoint = `127.0.0.1:${node.internalPort}`;
    await management.call(`PATCH /instances/${instances[place]}?${APPLIED}`, { internalEndpoint });
    return node;
  };
  return {
    gateway,
    management,
    account: oldAccount(...backends),
    instances,
    nodes: { default: await startNode('default'), second: await startNode('second') },
    startNode,
    async inForce() {
      for (const place of PLACES) {
        const { applied } = await management.call<{ applied: { timedOut?: true; nodes: Array<{ state: string }> } }>(
          `PATCH /instances/${instances[place]}?${APPLIED}`,
          { description: randomBytes(4).toString('hex') },
        );
        expect(applied).toMatchObject({ nodes: [{ state: 'applied' }] });
        expect(applied.timedOut).toBeUndefined();
      }
    },
  };
}
