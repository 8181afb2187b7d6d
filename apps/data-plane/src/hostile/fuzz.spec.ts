/** A small run of the fuzzer with a known seed, and one with a seed of the day; `npm run fuzz` makes long ones. */
import { describe, expect, it } from '@jest/globals';
import { HOST, INTERNAL_HOST } from '../testing/snapshot.js';
import { startPlane } from '../testing/start-plane.js';
import { disagreements, fuzz, type LogLine } from './fuzz.js';
import { startRecordingBackend } from './recording-backend.js';

const REQUESTS = 3000;

describe('thousands of generated requests', () => {
  it.each([20_231_017, Date.now() % 1_000_000_007])(
    'end, break nothing, and are read alike by gateway and backend, seed %d',
    async (seed) => {
      const backend = await startRecordingBackend();
      const plane = await startPlane({
        program: { apis: [{ backend: { type: 'HTTP', address: backend.address, path: '/*' } }] },
      });
      const ports = [
        { port: plane.publicPort, host: HOST },
        { port: plane.internalPort, host: INTERNAL_HOST },
      ];
      const outcome = await fuzz({ ports }, REQUESTS, seed);
      await plane.untilMetric('causeway_running_requests', 0);
      expect(outcome.problems).toEqual([]);
      expect(plane.failures).toEqual([]);
      const log = (await plane.stopAndReadLog()) as unknown as LogLine[];
      await backend.close();
      expect(disagreements(outcome, backend, log)).toEqual([]);
      // The run is worth nothing when all was refused.
      expect(log.filter(({ statusCode }) => statusCode === 200).length).toBeGreaterThan(REQUESTS / 4);
      expect(log.filter(({ statusCode }) => statusCode === 400).length).toBeGreaterThan(REQUESTS / 20);
    },
    120_000,
  );
});
