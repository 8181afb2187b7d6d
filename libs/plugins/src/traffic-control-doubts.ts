/** Limits that nobody comes to, and what else is certain of a trafficControl configuration. */
import { rangesIn, readCondition, unusedParameters } from './kit/condition-doubts.js';
import type { Doubt } from './kit/plugin.js';
import type { BasicConfig, ByParametersConfig } from './traffic-control.js';
import { type Period, periodMs } from './traffic-control-keys.js';

export function trafficControlDoubts(config: BasicConfig | ByParametersConfig): Doubt[] {
  return 'unit' in config ? [...equalLimits(config), ...specialDoubts(config)] : ruleDoubts(config);
}

/** Whoever counts less never has more than the one that counts it, too. */
function equalLimits({ apiDefault, userDefault, appDefault }: BasicConfig): Doubt[] {
  const doubts: Doubt[] = [];
  const note = (path: string, other: string) =>
    doubts.push({ path, code: 'limit-never-bites', message: `${other} is the same, and is reached before or at the same time` });
  if (userDefault === apiDefault) note('userDefault', 'apiDefault');
  if (appDefault !== undefined && appDefault === (userDefault ?? apiDefault))
    note('appDefault', userDefault === undefined ? 'apiDefault' : 'userDefault');
  return doubts;
}

function specialDoubts({ apiDefault, userDefault, appDefault, specials }: BasicConfig): Doubt[] {
  const all = specials.flatMap(({ type, policies }, n) =>
    policies.map(({ key, value }, m) => ({ path: `specials[${n}].policies[${m}]`, whose: `${type} ${key}`, value })),
  );
  const last = new Map(all.map((each) => [each.whose, each]));
  const liftsNothing = userDefault === undefined && appDefault === undefined;
  return all.flatMap(({ path, whose, value }): Doubt[] => {
    const winner = last.get(whose)!;
    if (winner.path !== path) return [{ path, code: 'overridden', message: `${winner.path} has the same key, and wins` }];
    if (value !== apiDefault || !liftsNothing) return [];
    const message = 'apiDefault is the same, and there is no userDefault or appDefault that it takes the place of';
    return [{ path: `${path}.value`, code: 'limit-never-bites', message }];
  });
}

interface Counter {
  readonly path: string;
  readonly limit: number;
  readonly ms: number;
  /** The names whose values are counted apart. */
  readonly by: ReadonlySet<string>;
  /** True when a request without one of the values is not counted. */
  readonly bypasses: boolean;
  /** What it counts: all, what a condition with this key holds for, or (null) nobody can say. */
  readonly counts: 'all' | { readonly key: string } | null;
}

function ruleDoubts(config: ByParametersConfig): Doubt[] {
  const { parameters, rules, defaultLimit, defaultPeriod } = config;
  const ranges = rangesIn(parameters, 'request');
  const doubts: Doubt[] = [];
  const counters: Counter[] = [];
  const used: string[] = [];
  if (defaultLimit !== undefined && defaultPeriod !== undefined)
    counters.push(counter('defaultLimit', defaultLimit, defaultPeriod, [], false, 'all'));
  for (const [n, { condition, byParameters = [], bypassEmptyValue, limit, period }] of rules.entries()) {
    const at = `rules[${n}]`;
    const read = condition === undefined ? null : readCondition(condition, `${at}.condition`, ranges);
    used.push(...byParameters, ...(read?.variables ?? []));
    doubts.push(...(read?.doubts ?? []));
    if (bypassEmptyValue && byParameters.length === 0)
      doubts.push({ path: `${at}.bypassEmptyValue`, code: 'no-effect', message: 'the rule counts by no value' });
    if (read?.constant === false) {
      doubts.push({ path: `${at}.condition`, code: 'never-holds', message: 'holds for no request' });
      continue;
    }
    const counts = read === null || read.constant === true ? 'all' : read.key === null ? null : { key: read.key };
    counters.push(counter(`${at}.limit`, limit, period, byParameters, bypassEmptyValue, counts));
  }
  return [...doubts, ...neverBiting(counters), ...unusedParameters(parameters, used)];
}

function counter(
  path: string,
  limit: number,
  period: Period,
  by: readonly string[],
  bypassesEmpty: boolean,
  counts: Counter['counts'],
): Counter {
  return { path, limit, ms: periodMs(period), by: new Set(by), bypasses: bypassesEmpty && by.length > 0, counts };
}

/** Of two that keep each other from biting the first one bites. */
function neverBiting(counters: readonly Counter[]): Doubt[] {
  return counters.flatMap((inner, n): Doubt[] => {
    const outer = counters.find((each, m) => m !== n && keeps(each, inner) && (m < n || !keeps(inner, each)));
    if (outer === undefined) return [];
    return [{ path: inner.path, code: 'limit-never-bites', message: `${outer.path} lets no more than that come so far` }];
  });
}

/** Every request that `inner` counts is counted by `outer`, together with at least as many others, and that bound is not above its own. */
function keeps(outer: Counter, inner: Counter): boolean {
  const all = outer.counts === 'all' || (isKeyed(outer) && isKeyed(inner) && outer.counts.key === inner.counts.key);
  if (!all || (outer.bypasses && !inner.bypasses) || ![...outer.by].every((name) => inner.by.has(name))) return false;
  // Windows are aligned: a longer one is made of whole shorter ones.
  return inner.limit >= outer.limit * Math.max(1, inner.ms / outer.ms);
}

function isKeyed(counter: Counter): counter is Counter & { readonly counts: { readonly key: string } } {
  return counter.counts !== null && counter.counts !== 'all';
}
