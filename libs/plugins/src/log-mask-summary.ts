/** What a logMask configuration does, in plain words. */
import { allOf, counted } from './kit/words.js';
import type { LogMaskConfig } from './log-mask.js';
import { readPolicy } from './log-mask-policy.js';

type Rule = LogMaskConfig['rules'][number];

export function logMaskSummary({ rules }: LogMaskConfig): string[] {
  return [
    ...rules.map((rule) => `Masks in the access log ${whatOf(rule)}${keptOf(rule)}.`),
    'Requests and answers themselves stay as they are.',
  ];
}

function whatOf({ location, parameters = [], matchMode = '' }: Rule): string {
  switch (location) {
    case 'REQUEST_HEADER':
      return `${allOf('header', parameters)} of requests`;
    case 'RESPONSE_HEADER':
      return `${allOf('header', parameters)} of answers`;
    case 'REQUEST_QUERY':
      return allOf('query parameter', parameters);
    case 'REQUEST_TOKEN':
      return allOf('claim', parameters);
    case 'REQUEST_BODY':
      return `${foundBy(matchMode)} in bodies of requests`;
    case 'RESPONSE_BODY':
      return `${foundBy(matchMode)} in bodies of answers`;
  }
}

const KINDS: Record<string, string> = { D: 'digits', HEX: 'hexadecimal digits', C: 'letters and digits' };

function foundBy(matchMode: string): string {
  if (matchMode === 'EMAIL') return 'mail addresses';
  if (matchMode === 'IDCARD') return 'identity card numbers';
  const [kind = '', count = ''] = matchMode.split(':');
  return `${KINDS[kind]}, ${Number(count)} or more in a row,`;
}

function keptOf({ policy }: Rule): string {
  const { keep, start, fromRight } = readPolicy(policy)!;
  if (keep === 0) return '';
  if (start > 0) return `, all but ${counted(keep, 'character')} behind the first ${start}`;
  return `, all but the ${fromRight ? 'last' : 'first'} ${counted(keep, 'character')}`;
}
