/** What a trafficControl configuration does, in plain words. */
import { counted, listed, onOneLine } from './kit/words.js';
import type { BasicConfig, ByParametersConfig } from './traffic-control.js';
import type { Period } from './traffic-control-keys.js';

const IN = { SECOND: 'a second', MINUTE: 'a minute', HOUR: 'an hour', DAY: 'a day' } as const;

export function trafficControlSummary(config: BasicConfig | ByParametersConfig): string[] {
  return 'unit' in config ? basicWords(config) : ruleWords(config);
}

function calls(limit: number, period: Period): string {
  return `${counted(limit, 'call')} ${IN[period]}`;
}

function basicWords({ unit, apiDefault, userDefault, appDefault, specials, controlMode, blockingMode }: BasicConfig): string[] {
  const limits = [
    `Each API lets through ${calls(apiDefault, unit)}`,
    ...(userDefault === undefined ? [] : [`the apps of one account together up to ${userDefault}`]),
    ...(appDefault === undefined ? [] : [`one app up to ${appDefault}`]),
  ];
  const named = specials.flatMap(({ type, policies }) =>
    policies.map(({ key, value }): [string, string] => [`${type === 'APP' ? 'app' : 'account'} ${key}`, `up to ${value}`]),
  );
  // The same twice: the last wins.
  const own = [...new Map(named)].map(([whose, limit]) => `${whose} has ${limit}`);
  const waits = controlMode === undefined && blockingMode === undefined;
  return [
    `${limits.join('; ')}.`,
    ...(own.length === 0 ? [] : [`In place of those for accounts and apps, ${listed(own)}.`]),
    over(unit === 'SECOND' && waits),
  ];
}

function ruleWords({ scope, defaultLimit, defaultPeriod, rules, blockingMode }: ByParametersConfig): string[] {
  const whole = scope === 'API' ? 'Each API lets' : 'All APIs that have the plugin together let';
  const all =
    defaultLimit === undefined || defaultPeriod === undefined ? [] : [`${whole} through ${calls(defaultLimit, defaultPeriod)}.`];
  const together = scope === 'API' ? 'Each API is counted for itself.' : 'All APIs that have the plugin are counted together.';
  const hasSecond = [defaultPeriod, ...rules.map(({ period }) => period)].includes('SECOND');
  return [...all, ...rules.map(oneRule), ...(all.length > 0 ? [] : [together]), over(hasSecond && blockingMode === undefined)];
}

function oneRule({
  name,
  byParameters = [],
  condition,
  limit,
  period,
  bypassEmptyValue,
}: ByParametersConfig['rules'][number]): string {
  const by = byParameters.length === 0 ? '' : ` for each ${valueWords(byParameters)}`;
  const where = condition === undefined ? '' : ` where ${onOneLine(condition)}`;
  const empty = bypassEmptyValue && byParameters.length > 0 ? '; calls without one are not counted' : '';
  return `${name}: up to ${calls(limit, period)}${by}${where}${empty}.`;
}

function valueWords(names: readonly string[]): string {
  return `${names.length === 1 ? 'value' : 'combination of values'} of ${listed(names.map((name) => `$${name}`))}`;
}

function over(waits: boolean): string {
  return waits
    ? 'Who is over a limit of a second waits for the next one, as many as the limit and 1000 at most; all others are refused with T429PR.'
    : 'Who is over a limit is refused with T429PR.';
}
