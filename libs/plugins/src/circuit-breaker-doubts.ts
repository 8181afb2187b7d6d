/** What is certain of a circuitBreaker configuration. */
import { type Ranges, STATUS_CODES } from '@causeway/condition';
import { backendDoubts } from './backend-doubts.js';
import type { CircuitBreakerConfig } from './circuit-breaker.js';
import { readCondition } from './kit/condition-doubts.js';
import type { Doubt } from './kit/plugin.js';

/** More than twice the longest time that a backend may be given, s: no call lasts so long. */
const LONGEST = 300;

const RANGES: Ranges = new Map([
  ['StatusCode', STATUS_CODES],
  ['LatencyMilliSeconds', [0, LONGEST * 1000]],
  ['LatencySeconds', [0, LONGEST]],
]);

export function circuitBreakerDoubts({ errorCondition, downgradeBackend }: CircuitBreakerConfig): Doubt[] {
  const path = 'errorCondition';
  const read = errorCondition === undefined ? null : readCondition(errorCondition, path, RANGES);
  const doubts = [...(read?.doubts ?? [])];
  if (read?.constant === false) doubts.push({ path, code: 'never-holds', message: 'no call is an error: it never opens' });
  if (read?.constant === true) doubts.push({ path, code: 'always-holds', message: 'every call is an error' });
  return downgradeBackend === undefined ? doubts : [...doubts, ...backendDoubts(downgradeBackend, 'downgradeBackend')];
}
