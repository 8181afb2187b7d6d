/** What an accessControl configuration does, in plain words. */
import type { AccessControlConfig } from './access-control.js';
import { onOneLine } from './kit/words.js';

type Rule = AccessControlConfig['rules'][number];

export function accessControlSummary({ rules }: AccessControlConfig): string[] {
  const order = rules.length > 1 ? ['The first of these rules that decides is taken.'] : [];
  return [...order, ...rules.map(ruleWords), 'A request that no rule decides about passes.'];
}

function ruleWords({ name, condition, assertParameterName, assertInDataset, ifTrue, ifFalse, statusCode }: Rule): string {
  const test = condition === undefined ? `$${assertParameterName} is in the dataset ${assertInDataset}` : onOneLine(condition);
  const words = { ALLOW: 'passes', DENY: `is refused with ${statusCode}` };
  const otherwise = ifFalse === undefined ? '' : `, any other ${words[ifFalse]}`;
  if (ifTrue === undefined) return `${name}: unless ${test}, a request ${ifFalse === undefined ? 'goes on' : words[ifFalse]}.`;
  return `${name}: where ${test}, a request ${words[ifTrue]}${otherwise}.`;
}
