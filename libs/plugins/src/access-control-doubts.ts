/** Rules that never decide, and what else is certain of an accessControl configuration. */
import type { AccessControlConfig } from './access-control.js';
import { rangesIn, readCondition, unusedParameters } from './kit/condition-doubts.js';
import type { Doubt } from './kit/plugin.js';
import { namesInTemplate } from './kit/template.js';

type Rule = AccessControlConfig['rules'][number];

export function accessControlDoubts({ parameters, rules }: AccessControlConfig): Doubt[] {
  const ranges = rangesIn(parameters, 'request');
  const read = rules.map((rule, n) => readRule(rule, `rules[${n}]`, ranges));
  const doubts = [...read.flatMap((each) => each.doubts), ...followed(rules, read), ...rules.flatMap(unsaid)];
  const texts = rules.flatMap(({ errorMessage, responseBody }) => [errorMessage, responseBody].flatMap(namesInTemplate));
  return [...doubts, ...unusedParameters(parameters, [...texts, ...read.flatMap(({ variables }) => variables)])];
}

type Read = Omit<ReturnType<typeof readCondition>, 'key'> & {
  /** Equal for rules that ask the same. */
  readonly asks: string | null;
};

function readRule({ condition, assertParameterName: name = '', assertInDataset }: Rule, at: string, ranges: Ranges): Read {
  if (condition === undefined) return { constant: null, asks: `${name} in ${assertInDataset}`, variables: [name], doubts: [] };
  const { key, ...read } = readCondition(condition, `${at}.condition`, ranges);
  return { ...read, asks: key };
}

type Ranges = ReturnType<typeof rangesIn>;

/** Goes through the rules as a request does, with what is known of every request that is still there. */
function followed(rules: readonly Rule[], read: readonly Read[]): Doubt[] {
  const doubts: Doubt[] = [];
  const known = new Map<string, boolean>();
  const verdicts = new Set<'ALLOW' | 'DENY'>();
  for (const [n, rule] of rules.entries()) {
    const { constant, asks } = read[n]!;
    const certain = constant ?? (asks === null ? undefined : known.get(asks));
    const outcomes = certain === undefined ? [true, false] : [certain];
    const decided = outcomes.map((holds) => (holds ? rule.ifTrue : rule.ifFalse));
    for (const verdict of decided) if (verdict !== undefined) verdicts.add(verdict);
    doubts.push(...idle(rule, `rules[${n}]`, certain));
    if (decided.every((verdict) => verdict !== undefined)) {
      const message = `rules[${n}] decides about every request that comes so far`;
      for (let m = n + 1; m < rules.length; m++) doubts.push({ path: `rules[${m}]`, code: 'never-reached', message });
      return [...doubts, ...sameForAll(verdicts)];
    }
    if (asks !== null && certain === undefined && decided.includes(undefined) && (rule.ifTrue ?? rule.ifFalse) !== undefined)
      known.set(asks, rule.ifTrue === undefined);
  }
  return [...doubts, ...sameForAll(verdicts.add('ALLOW'))];
}

/** What a rule says for an outcome that it never has. */
function idle({ ifTrue, ifFalse }: Rule, at: string, certain: boolean | undefined): Doubt[] {
  if (certain === undefined) return [];
  const message = `the rule always ${certain ? 'holds' : 'fails'} where it is asked`;
  if ((certain ? ifTrue : ifFalse) === undefined)
    return [{ path: at, code: 'no-effect', message: `${message}: it decides nothing` }];
  const unused = certain ? ifFalse : ifTrue;
  return unused === undefined ? [] : [{ path: `${at}.${certain ? 'ifFalse' : 'ifTrue'}`, code: 'no-effect', message }];
}

function sameForAll(verdicts: ReadonlySet<'ALLOW' | 'DENY'>): Doubt[] {
  if (!verdicts.has('DENY'))
    return [{ path: 'rules', code: 'admits-everybody', message: 'no rule denies: every request passes' }];
  if (!verdicts.has('ALLOW')) return [{ path: 'rules', code: 'refuses-everybody', message: 'no request passes' }];
  return [];
}

/** Texts of a refusal that a rule never gives. */
function unsaid({ ifTrue, ifFalse, errorMessage, responseHeaders, responseBody }: Rule, n: number): Doubt[] {
  if (ifTrue === 'DENY' || ifFalse === 'DENY') return [];
  return Object.entries({ errorMessage, responseHeaders, responseBody }).flatMap(([field, text]) =>
    text === undefined ? [] : [{ path: `rules[${n}].${field}`, code: 'no-effect' as const, message: 'the rule denies nobody' }],
  );
}
