/** Ids of apps: positive decimal numbers below 2^53, as text. */
import { randomInt } from 'node:crypto';

const DECIMAL = /^[1-9][0-9]{0,15}$/;

/** Largest range of `randomInt`. */
const RANGE = 2 ** 48 - 1;

export function isAppId(text: string): boolean {
  return DECIMAL.test(text) && Number(text) <= Number.MAX_SAFE_INTEGER;
}

/**
 * Random, not counting up: the id of a deleted app, which may still stand in an access list, does not come to mean another one,
 * and ids that are brought along from elsewhere stand in no counter's way.
 */
export function newAppId(): string {
  return String(randomInt(1, RANGE));
}
