/** What a circuitBreaker configuration does, in plain words. */
import { backendWords } from './backend-words.js';
import type { CircuitBreakerConfig } from './circuit-breaker.js';
import { counted, onOneLine } from './kit/words.js';

export function circuitBreakerSummary(config: CircuitBreakerConfig): string[] {
  const {
    timeoutThreshold,
    errorCondition = '',
    errorThreshold = 0,
    windowSeconds,
    openTimeoutSeconds,
    downgradeBackend,
  } = config;
  const threshold =
    timeoutThreshold === undefined
      ? `${counted(errorThreshold, 'error')} in ${windowSeconds} s, which are calls where ${onOneLine(errorCondition)}`
      : `${counted(timeoutThreshold, 'call')} without connection or answer in ${windowSeconds} s`;
  const instead = downgradeBackend === undefined ? 'callers get D503CB' : `requests go to ${backendWords(downgradeBackend)}`;
  return [
    `After ${threshold}, the backend is not called for ${openTimeoutSeconds} s.`,
    `Meanwhile ${instead}.`,
    'Then a few calls try it, for each API and route by itself.',
  ];
}
