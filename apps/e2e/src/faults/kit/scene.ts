/** A deployment with something to serve: numbers that edits change, and the signed call of one API to another. */
import { createScenario } from '../../harness/scenario.js';
import { type FaultBedOptions, startFaultBed } from './bed.js';
import { createSlots } from './ledger.js';
import type { Call } from './traffic.js';
import type { Scene } from './withstand.js';

const SLOTS = 8;

export async function setScene(options: FaultBedOptions = {}): Promise<Scene> {
  const bed = await startFaultBed(options);
  try {
    const slots = await createSlots(bed.management, SLOTS);
    const { host } = await createScenario(bed);
    const calls = ['resource1', 'resource2'].map((resource): Call => {
      const target = `/distributeAPI?target=${resource}`;
      return { name: target, host, target, isRight: ({ body }) => body === (resource === 'resource1' ? 'one' : 'two') };
    });
    return { bed, slots, calls };
  } catch (error) {
    await bed.stop();
    throw error;
  }
}
