/** Limits how many requests pass in a second, minute, hour or day (plugins, section 5.1). */
// hot
import type { CompiledParameters, Reader, Test } from '@causeway/condition';
import { z } from 'zod';
import { type Answer, refuse } from './kit/answer.js';
import { checkConditionText, checkParametersMap, compileConditionText, compileParametersMap } from './kit/condition-fields.js';
import type { Exchange } from './kit/exchange.js';
import { text, whole } from './kit/fields.js';
import { type CompileContext, definePlugin, type Findings, type Problem, type Steps } from './kit/plugin.js';
import { RequestSource } from './kit/request-source.js';
import type { Counted, Refused } from './kit/services.js';
import { trafficControlDoubts } from './traffic-control-doubts.js';
import { keyOfValues, periodMs } from './traffic-control-keys.js';
import { trafficControlSummary } from './traffic-control-summary.js';

const MAX_LIMIT = 1_000_000_000;
const MAX_RULES = 16;
const MAX_POLICIES = 1000;
/** So many requests wait for the next second at most, of one counter. */
const QUEUE_MAX = 1000;

const Limit = whole(1, MAX_LIMIT);
const PeriodWord = z.enum(['SECOND', 'MINUTE', 'HOUR', 'DAY']);
const Seconds = whole(0, 86_400);
const blockingMode = z
  .literal('QUICK_RETURN')
  .optional()
  .describe('who is over a limit of a second does not wait for the next one');

const Basic = z.strictObject({
  unit: PeriodWord,
  apiDefault: Limit.describe('requests to each API'),
  userDefault: Limit.optional().describe('of them, by the apps of one account'),
  appDefault: Limit.optional().describe('of them, by one app'),
  specials: z
    .array(
      z.strictObject({
        type: z.enum(['APP', 'USER']),
        policies: z.array(z.strictObject({ key: text(64).pipe(z.string().min(1)), value: Limit })).max(MAX_POLICIES),
      }),
    )
    .max(64)
    .default([])
    .describe('apps and accounts with limits of their own, in place of appDefault and userDefault'),
  controlMode: z.literal('FIX_WINDOW').optional().describe('a limit of a second is a fixed window, too: nobody waits'),
  blockingMode,
});

const Rule = z.strictObject({
  name: text(50).pipe(z.string().min(1)),
  byParameters: text(512)
    .transform((list) => list.split(',').map((name) => name.trim()))
    .pipe(z.array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be names of variables')).max(16))
    .optional()
    .describe('variables, separated by commas: each combination of their values is counted for itself'),
  condition: z.string({ error: 'must be the text of a condition' }).optional().describe('counts only where it holds'),
  limit: Limit,
  period: PeriodWord,
  retryAfterBySecond: Seconds.optional(),
  bypassEmptyValue: z.boolean().default(false).describe('a request without one of the values is not counted'),
});

const ByParameters = z.strictObject({
  scope: z.enum(['PLUGIN', 'API']).default('PLUGIN').describe('one count for all APIs that have the plugin, or one for each'),
  defaultLimit: Limit.optional(),
  defaultPeriod: PeriodWord.optional(),
  defaultRetryAfterBySecond: Seconds.optional().describe('Retry-After, in place of the time that is left'),
  blockingMode,
  parameters: z.record(z.string(), z.string()).default({}),
  rules: z.array(Rule).max(MAX_RULES).default([]),
});

export type BasicConfig = z.infer<typeof Basic>;
export type ByParametersConfig = z.infer<typeof ByParameters>;
type Config = BasicConfig | ByParametersConfig;

const schema: z.ZodType<Config> = z.union([Basic, ByParameters]);

export const trafficControl = definePlugin({
  type: 'trafficControl',
  description: 'Limits how many requests pass in a second, minute, hour or day.',
  schema,
  variant: (config) => (isBasic(config) ? Basic : ByParameters),
  secretPaths: [],
  example: `unit: MINUTE
apiDefault: 1000
userDefault: 300
appDefault: 100
specials:
- type: APP
  policies:
  - key: 219810
    value: 250
`,
  check: (config) => ('unit' in config ? checkBasic(config) : checkByParameters(config)),
  doubts: trafficControlDoubts,
  describe: trafficControlSummary,
  compile(config, context): Steps {
    return 'unit' in config ? basicSteps(config, context) : parameterSteps(config, context);
  },
});

/** Whoever wrote one of these means limits of APIs, accounts and apps. */
function isBasic(config: unknown): boolean {
  return typeof config === 'object' && config !== null && ('unit' in config || 'apiDefault' in config);
}

/** A counter, with what a refusal by it says. */
interface Charged extends Counted {
  /** Seconds; null: what is left of the window. */
  readonly retryAfter: number | null;
}

function basicSteps(config: BasicConfig, context: CompileContext): Steps {
  const { apiId } = context.api;
  const windowMs = periodMs(config.unit);
  const scope = `${context.pluginId}/${apiId}`;
  const special = (type: 'APP' | 'USER') =>
    new Map(config.specials.flatMap((each) => (each.type === type ? each.policies.map(({ key, value }) => [key, value]) : [])));
  const [apps, users] = [special('APP'), special('USER')];
  const ofApi: Charged = { key: `${scope}/api`, limit: config.apiDefault, windowMs, retryAfter: null };
  const onlyApi = [ofApi];
  const counter = (kind: string, id: string, limit: number): Charged => ({
    key: `${scope}/${kind}/${id}`,
    limit,
    windowMs,
    retryAfter: null,
  });
  const waits = config.unit === 'SECOND' && config.controlMode === undefined && config.blockingMode === undefined;
  const judge = judgeWith(context, waits);
  return {
    request(x) {
      const { caller } = x;
      if (caller === null) return judge(x, onlyApi);
      const charged = [ofApi];
      const ofApp = apps.get(caller.appId);
      const ofUser = users.get(caller.accountId);
      if (ofApp !== undefined) charged.push(counter('app', caller.appId, ofApp));
      if (ofUser !== undefined) charged.push(counter('user', caller.accountId, ofUser));
      if (ofApp === undefined && ofUser === undefined) {
        if (config.userDefault !== undefined) charged.push(counter('user', caller.accountId, config.userDefault));
        if (config.appDefault !== undefined) charged.push(counter('app', caller.appId, config.appDefault));
      }
      return judge(x, charged);
    },
  };
}

interface CompiledRule {
  readonly test: Test | null;
  readonly readers: ReadonlyArray<Reader | null>;
  readonly bypassEmpty: boolean;
  readonly scope: string;
  readonly limit: number;
  readonly windowMs: number;
  readonly retryAfter: number | null;
}

function parameterSteps(config: ByParametersConfig, context: CompileContext): Steps {
  const parameters = compileParametersMap(config.parameters, 'request');
  const scope = config.scope === 'API' ? `${context.pluginId}/${context.api.apiId}` : context.pluginId;
  const retryAfter = config.defaultRetryAfterBySecond ?? null;
  const always: Charged[] = [];
  if (config.defaultLimit !== undefined && config.defaultPeriod !== undefined)
    always.push({ key: `${scope}/default`, limit: config.defaultLimit, windowMs: periodMs(config.defaultPeriod), retryAfter });
  const needs = [parameters.needs];
  const rules = config.rules.map((rule): CompiledRule => {
    const names = { parameters, apiParameters: context.apiParameters };
    const compiled = rule.condition === undefined ? null : compileConditionText(rule.condition, names);
    if (compiled !== null) needs.push(compiled.needs);
    return {
      test: compiled?.test ?? null,
      readers: (rule.byParameters ?? []).map((name) => readerOf(name, parameters)),
      bypassEmpty: rule.bypassEmptyValue,
      scope: `${scope}/rule/${rule.name}`,
      limit: rule.limit,
      windowMs: periodMs(rule.period),
      retryAfter: rule.retryAfterBySecond ?? retryAfter,
    };
  });
  const judge = judgeWith(context, config.blockingMode === undefined);
  return {
    needsForm: needs.some(({ form }) => form),
    needsBody: needs.some(({ body }) => body),
    request(x) {
      if (rules.length === 0) return judge(x, always);
      const source = new RequestSource(x, context.pathPlaceholders, context.random);
      const charged = [...always];
      for (const rule of rules) {
        if (rule.test !== null && !rule.test(source)) continue;
        const key = rule.readers.length === 0 ? '' : keyOfValues(rule.readers, source, rule.bypassEmpty);
        if (key === null) continue;
        charged.push({ key: `${rule.scope}/${key}`, limit: rule.limit, windowMs: rule.windowMs, retryAfter: rule.retryAfter });
      }
      return charged.length === 0 ? undefined : judge(x, charged);
    },
  };
}

function readerOf(name: string, parameters: CompiledParameters): Reader | null {
  return parameters.byName.get(name)?.read ?? null;
}

type Judge = (x: Exchange, charged: readonly Charged[]) => Answer | undefined | Promise<Answer | undefined>;

/** @param waits who is over a limit of a second waits for the next one, as long as not too many do */
function judgeWith({ services: { limits } }: CompileContext, waits: boolean): Judge {
  return (x, charged) => {
    const made = limits.take(charged);
    return made instanceof Promise ? made.then((refused) => decide(x, charged, refused)) : decide(x, charged, made);
  };

  function decide(
    x: Exchange,
    charged: readonly Charged[],
    refused: Refused | null,
  ): Answer | undefined | Promise<Answer | undefined> {
    if (refused === null) return undefined;
    const { limit, key, windowMs } = charged[refused.at]!;
    if (!waits || windowMs !== 1000) return throttled(charged, refused);
    const turn = limits.wait(key, refused.retryAfterMs, Math.min(limit, QUEUE_MAX));
    if (turn === null) return throttled(charged, refused);
    return turn
      .then(() => (x.tree.gone ? refused : limits.take(charged)))
      .then((again) => (again === null ? undefined : throttled(charged, again)));
  }
}

function throttled(charged: readonly Charged[], { at, retryAfterMs }: Refused): Answer {
  const { limit, retryAfter } = charged[at]!;
  const seconds = String(Math.max(1, Math.ceil(retryAfterMs / 1000)));
  const answer = refuse('T429PR');
  answer.headers.push('Retry-After', retryAfter === null ? seconds : String(retryAfter));
  answer.headers.push('RateLimit-Limit', String(limit), 'RateLimit-Remaining', '0', 'RateLimit-Reset', seconds);
  return answer;
}

function checkBasic({ apiDefault, userDefault, appDefault, specials }: BasicConfig): Findings {
  const problems: Problem[] = [];
  const max = (path: string, value: number | undefined, limit: number | undefined, name: string) => {
    if (value !== undefined && limit !== undefined && value > limit)
      problems.push({ path, message: `must be at most ${name}, ${limit}` });
  };
  max('userDefault', userDefault, apiDefault, 'apiDefault');
  max('appDefault', appDefault, userDefault ?? apiDefault, userDefault === undefined ? 'apiDefault' : 'userDefault');
  for (const [n, { policies }] of specials.entries())
    for (const [m, { value }] of policies.entries()) max(`specials[${n}].policies[${m}].value`, value, apiDefault, 'apiDefault');
  return { problems, warnings: [] };
}

function checkByParameters(config: ByParametersConfig): Findings {
  const { parameters, rules, defaultLimit, defaultPeriod } = config;
  const problems: Problem[] = checkParametersMap(parameters, 'request');
  const warnings: Findings['warnings'][number][] = [];
  if ((defaultLimit === undefined) !== (defaultPeriod === undefined))
    problems.push({
      path: defaultLimit === undefined ? 'defaultLimit' : 'defaultPeriod',
      message: 'is required: defaultLimit and defaultPeriod go together',
    });
  if (defaultLimit === undefined && rules.length === 0)
    problems.push({ path: '', message: 'must hold unit and apiDefault, or defaultLimit and defaultPeriod, or rules' });
  const names = new Set<string>();
  for (const [n, { name, byParameters = [], condition }] of rules.entries()) {
    if (names.has(name)) problems.push({ path: `rules[${n}].name`, message: `"${name}" stands twice` });
    names.add(name);
    for (const variable of byParameters)
      if (!Object.hasOwn(parameters, variable))
        problems.push({ path: `rules[${n}].byParameters`, message: `"${variable}" must be a name of parameters` });
    if (condition === undefined) continue;
    const found = checkConditionText(condition, `rules[${n}].condition`, { parameters, phase: 'request' });
    problems.push(...found.problems);
    warnings.push(...found.warnings);
  }
  return { problems, warnings };
}
