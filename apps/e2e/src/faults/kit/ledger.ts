/** What was written and answered with success, so that a story can tell an answer that is right from one that is not. */
import { fewAtOnce } from '../../harness/few-at-once.js';
import type { Management } from '../../harness/management.js';

export const GROUP = 'fa'.repeat(16);
export const HOST = `${GROUP}-local.apigw.localhost`;

/** An API whose answer is a number: one plugin edit makes it the next. */
export interface Slot {
  readonly path: string;
  readonly pluginId: string;
  /** The highest number that was asked for. */
  attempted: number;
  /** The highest number whose edit was answered with success: never to be lost. */
  acknowledged: number;
}

const SLOTS_AT_ONCE = 8;

export async function createSlots(management: Management, count: number): Promise<Slot[]> {
  await management.call('POST /groups', { id: GROUP, name: 'ledger' });
  return fewAtOnce(SLOTS_AT_ONCE, Array.from({ length: count }), async (_, n) => {
    const path = `/slot${n}`;
    const apiId = await management.publish(GROUP, {
      name: `slot${n}`,
      auth: 'ANONYMOUS',
      request: { protocols: ['HTTP'], method: 'GET', path },
      backend: { type: 'MOCK', statusCode: 500, body: 'its plugin is missing' },
    });
    const pluginId = await management.bind('routing', numbered(0), [apiId]);
    return { path, pluginId, attempted: 0, acknowledged: 0 };
  });
}

/** One edit of one slot, and its revision; whoever calls it makes one at a time per slot. Throws what the management API says. */
export async function edit(management: Management, slot: Slot): Promise<number> {
  const number = ++slot.attempted;
  const { revision } = await management.call<{ revision: number }>(`PUT /plugins/${slot.pluginId}`, { config: numbered(number) });
  slot.acknowledged = number;
  return revision;
}

function numbered(number: number): object {
  const backend = { type: 'MOCK', statusCode: 200, body: `${number}` };
  return { routes: [{ name: 'now', condition: "$CaStage = 'RELEASE'", backend }] };
}
