/** What requests are counted by (plugins, section 5.1). */
// hot
import { hash } from 'node:crypto';
import { type Reader, textOf, type ValueSource } from '@causeway/condition';

/** Longer keys are digests: a client chooses the values. */
const MAX_KEY = 64;

export type Period = 'SECOND' | 'MINUTE' | 'HOUR' | 'DAY';

export function periodMs(period: Period): number {
  switch (period) {
    case 'SECOND':
      return 1000;
    case 'MINUTE':
      return 60_000;
    case 'HOUR':
      return 3_600_000;
    case 'DAY':
      return 86_400_000;
  }
}

/** Different for different values; null: one is missing or empty, and such a request is not counted. */
export function keyOfValues(readers: ReadonlyArray<Reader | null>, source: ValueSource, bypassEmpty: boolean): string | null {
  let key = '';
  for (const read of readers) {
    const value = read === null ? null : read(source);
    const given = value === null ? '' : textOf(value);
    if (bypassEmpty && given === '') return null;
    key += `${given.length}:${given}`;
  }
  return key.length > MAX_KEY ? hash('sha256', key, 'base64url') : key;
}
