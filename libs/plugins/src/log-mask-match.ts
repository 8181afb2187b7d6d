/** Finds in a body what is to be masked: one look at each character, however it is made (plugins, section 5.13). */
import type { Policy } from './log-mask-policy.js';
import type { MaskedText } from './log-mask-text.js';

/** Digits or letters in a row; more than a log has of a body could never be found. */
const LONGEST = 1024;
const MATCH_MODE = /^(?:(D|HEX|C): *([0-9]{1,4})|EMAIL|IDCARD)$/;

export const MATCH_MODE_FORM = `must be D:n, HEX:n, C:n, EMAIL or IDCARD, with n from 1 to ${LONGEST}`;

export type MaskMatches = (text: MaskedText, policy: Policy) => void;

/** Null: it is none. */
export function readMatchMode(mode: string): MaskMatches | null {
  const match = MATCH_MODE.exec(mode);
  if (match === null) return null;
  const [, kind, count] = match;
  if (kind === undefined) return mode === 'EMAIL' ? maskAddresses : maskIdCards;
  const least = Number(count);
  return least < 1 || least > LONGEST ? null : runs(kind === 'D' ? isDigit : kind === 'HEX' ? isHex : isLetterOrDigit, least);
}

const range = (characters: string): ReadonlySet<number> => new Set([...characters].map((each) => each.charCodeAt(0)));
const DIGITS = '0123456789';
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const HEX_DIGITS = range(`${DIGITS}ABCDEFabcdef`);
const LETTERS_AND_DIGITS = range(LETTERS + DIGITS);
/** Of an address: before the `@`, and behind it. What an earlier rule masked may have been part of one. */
const LOCAL = range(`${LETTERS}${DIGITS}.!#$%'*+-^_\`~`);
const DOMAIN = range(`${LETTERS}${DIGITS}.-*`);
const AT = 0x40;

const isDigit = (code: number) => code >= 0x30 && code <= 0x39;
const isHex = (code: number) => HEX_DIGITS.has(code);
const isLetterOrDigit = (code: number) => LETTERS_AND_DIGITS.has(code);
const isLocal = (code: number) => LOCAL.has(code);
const isDomain = (code: number) => DOMAIN.has(code);
const isOfAddress = (code: number) => code === AT || LOCAL.has(code);

/** At least so many in a row, as many as there are. */
function runs(isOf: (code: number) => boolean, least: number): MaskMatches {
  return (text, policy) => {
    let end = text.certain;
    if (text.isCut) {
      end = text.runBefore(text.certain, 0, isOf);
      const seen = text.certain - end;
      // What stays of it is known when it is counted from a beginning that is here.
      if (seen >= least && seen > policy.keep && !policy.fromRight) text.mask(end, text.certain, policy);
      else text.giveUp(end);
    }
    eachRun(text, end, isOf, (from, to) => {
      if (to - from >= least) text.mask(from, to, policy);
    });
  };
}

/** 15 digits, 18, or 17 and an X: an identity card of the People's Republic of China, old and new (GB 11643). */
function maskIdCards(text: MaskedText, policy: Policy): void {
  if (text.isCut) {
    const from = text.runBefore(text.certain, 0, isDigit);
    if (text.certain - from <= 18) text.giveUp(from);
  }
  const end = text.certain;
  eachRun(text, end, isDigit, (from, to) => {
    const digits = to - from;
    if (digits === 15 || digits === 18) text.mask(from, to, policy);
    else if (digits === 17 && to < end && (text.code(to) | 0x20) === 0x78) text.mask(from, to + 1, policy);
  });
}

function maskAddresses(text: MaskedText, policy: Policy): void {
  if (text.isCut) text.giveUp(text.runBefore(text.certain, 0, isOfAddress));
  const end = text.certain;
  // What is masked is not gone through again: it would be for every `@` of many in a row.
  let masked = 0;
  for (let at = 0; at < end; at++) {
    if (text.code(at) !== AT) continue;
    const from = text.runBefore(at, masked, isLocal);
    const to = text.runFrom(at + 1, end, isDomain);
    const hasLocal = from < at || (at > 0 && at === masked);
    if (!hasLocal || to === at + 1) continue;
    text.mask(from, to, policy);
    masked = to;
    at = to - 1;
  }
}

function eachRun(
  text: MaskedText,
  end: number,
  isOf: (code: number) => boolean,
  found: (from: number, to: number) => void,
): void {
  for (let at = 0; at < end; at++) {
    const to = text.runFrom(at, end, isOf);
    if (to === at) continue;
    found(at, to);
    at = to;
  }
}
