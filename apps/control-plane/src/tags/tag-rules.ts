/** What may be tagged, and with what (management model 2.15). */
import { Is } from '../instances/network-address.js';

export const TAGGED = ['group', 'api', 'plugin', 'app', 'instance'] as const;

export type Tagged = (typeof TAGGED)[number];

export const TAGS_AT_MOST = 20;
const LENGTH = 128;
const RESERVED = /^(?:aliyun|acs:)|https?:\/\//i;
/** Lengths count characters. */
const TEXT = /^[^\p{Cc}\p{Cs}]*$/u;

function isTagText(value: unknown): value is string {
  return typeof value === 'string' && [...value].length <= LENGTH && TEXT.test(value) && !RESERVED.test(value);
}

function isTagKey(value: unknown): boolean {
  return isTagText(value) && value !== '';
}

const RULE = 'no control characters, not starting with aliyun or acs:, and without http:// and https://';

export const IsTagKey = () => Is(isTagKey, `must have 1 to ${LENGTH} characters, ${RULE}`);
export const IsTagValue = () => Is(isTagText, `must have at most ${LENGTH} characters, ${RULE}`);
