/** Rules that find nothing, because nothing is logged there or nothing is left (plugins, section 5.13). */
import { HIDDEN_HEADERS, UNLOGGED_HEADERS } from './kit/logged-headers.js';
import type { Doubt } from './kit/plugin.js';
import type { LogMaskConfig } from './log-mask.js';

type Rule = LogMaskConfig['rules'][number];

const UNSEEN: ReadonlySet<string> = new Set([...HIDDEN_HEADERS, ...UNLOGGED_HEADERS]);

export function logMaskDoubts({ rules }: LogMaskConfig): Doubt[] {
  return rules.flatMap((rule, n) => [...ofNames(rule, n, rules), ...ofBodies(rule, n, rules)]);
}

function ofNames({ location, parameters = [] }: Rule, n: number, rules: readonly Rule[]): Doubt[] {
  const isHeader = location.endsWith('_HEADER');
  const spelled = (name: string) => (isHeader ? name.toLowerCase() : name);
  const gone = new Map<string, number>();
  for (const [at, rule] of rules.slice(0, n).entries())
    if (rule.location === location && rule.policy === 'ALL')
      for (const name of rule.parameters ?? []) gone.set(spelled(name), at);
  return parameters.flatMap((each, at): Doubt[] => {
    const path = `rules[${n}].parameters[${at}]`;
    const name = spelled(each);
    if (isHeader && UNSEEN.has(name)) return [{ path, code: 'no-effect', message: 'no log shows this header anyway' }];
    if (parameters.findIndex((other) => spelled(other) === name) < at)
      return [{ path, code: 'contained', message: 'stands in the list before' }];
    const before = gone.get(name);
    return before === undefined ? [] : [{ path, code: 'no-effect', message: `rules[${before}] masks all of it` }];
  });
}

/** Whatever matches has been masked whole by a rule before. */
function ofBodies({ location, matchMode }: Rule, n: number, rules: readonly Rule[]): Doubt[] {
  if (matchMode === undefined) return [];
  const before = rules
    .slice(0, n)
    .findIndex((rule) => rule.location === location && rule.policy === 'ALL' && covers(rule.matchMode ?? '', matchMode));
  if (before < 0) return [];
  return [{ path: `rules[${n}].matchMode`, code: 'no-effect', message: `rules[${before}] masks all that it finds` }];
}

/** Each finds what those before it find. */
const WIDER = ['D', 'HEX', 'C'];

function covers(wide: string, narrow: string): boolean {
  const [wideKind = '', wideCount] = wide.split(':');
  const [narrowKind = '', narrowCount] = narrow.split(':');
  if (wideCount === undefined || narrowCount === undefined) return wide === narrow;
  return WIDER.indexOf(wideKind) >= WIDER.indexOf(narrowKind) && Number(wideCount) <= Number(narrowCount);
}
