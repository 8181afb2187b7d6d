/** Stops calling a backend that fails, and tries it again after a while (plugins, section 5.12). */
// hot
import { type ConditionValue, checkCondition, compileCondition, DEFAULT_LIMITS, parseCondition } from '@causeway/condition';
import { z } from 'zod';
import { circuitBreakerDoubts } from './circuit-breaker-doubts.js';
import { circuitBreakerSummary } from './circuit-breaker-summary.js';
import { type Answer, refuse } from './kit/answer.js';
import { type BreakerSettings, breakerKey } from './kit/breaker.js';
import type { Exchange } from './kit/exchange.js';
import { whole } from './kit/fields.js';
import { hitOf } from './kit/hits.js';
import { type CompileContext, type Diversion, definePlugin, type Problem, type Steps } from './kit/plugin.js';
import { ResponseSource } from './kit/response-source.js';
import { overlayOf, RouteBackend } from './routing.js';

const HIT = hitOf('circuitBreaker');
/** Supplied by the plugin itself (conditions, section 4). */
const VARIABLES = ['StatusCode', 'LatencyMilliSeconds', 'LatencySeconds'];

const schema = z
  .strictObject({
    timeoutThreshold: whole(1, 5000).optional().describe('calls in the window that got no connection or no answer in time'),
    errorCondition: z.string({ error: 'must be the text of a condition' }).optional().describe('what counts as an error'),
    errorThreshold: whole(1, 5000).optional().describe('errors in the window'),
    windowInSeconds: whole(10, 90).optional().describe('default 30'),
    windowsInSeconds: whole(10, 90).optional().describe('another spelling of windowInSeconds'),
    openTimeoutSeconds: whole(15, 300).default(90).describe('how long nothing is called'),
    downgradeBackend: RouteBackend.optional().describe('answers while nothing is called'),
  })
  .transform(({ windowInSeconds, windowsInSeconds, ...rest }) => ({
    ...rest,
    windowSeconds: windowInSeconds ?? windowsInSeconds ?? 30,
    windowTwice: windowInSeconds !== undefined && windowsInSeconds !== undefined,
  }));

export type CircuitBreakerConfig = z.infer<typeof schema>;

export const circuitBreaker = definePlugin({
  type: 'circuitBreaker',
  description: 'Stops calling a backend that fails, and tries it again after a while.',
  schema,
  secretPaths: [],
  example: `errorCondition: "$StatusCode >= 500 or $LatencyMilliSeconds > 3000"
errorThreshold: 100
windowInSeconds: 30
openTimeoutSeconds: 60
downgradeBackend:
  type: MOCK
  statusCode: 503
  body: later
`,
  check,
  doubts: circuitBreakerDoubts,
  describe: circuitBreakerSummary,
  diversions,
  compile(config, context): Steps {
    const { breakers } = context.services;
    const settings: BreakerSettings = {
      threshold: config.timeoutThreshold ?? config.errorThreshold ?? 0,
      windowSeconds: config.windowSeconds,
      openSeconds: config.openTimeoutSeconds,
    };
    const downgrade = downgradeOf(config, context);
    const isFailure = config.errorCondition === undefined ? gotNoAnswer : compileFailure(config.errorCondition, context);
    const keyOf = keys(context);
    return {
      guard: {
        before(x) {
          const entry = breakers.enter(keyOf(x.routeName));
          x.guarded = entry;
          if (entry === 'call' || entry === 'probe') return undefined;
          x.hits |= HIT;
          if (downgrade === null) return refuse(entry === 'open' ? 'D503CB' : 'D503BB');
          x.backend = downgrade;
          x.guarded = 'elsewhere';
          return undefined;
        },
        after(x, answer) {
          const entry = x.guarded;
          if (entry === null || entry === 'elsewhere') return;
          const outcome = !saysSomething(x, answer) ? 'none' : isFailure(x, answer) ? 'failed' : 'succeeded';
          breakers.settle(keyOf(x.routeName), entry, outcome, settings);
        },
      },
    };
  },
});

/** Of the call, not of the client that left, nor of what was refused before anything was called. */
function saysSomething(x: Exchange, { fromBackend, errorCode }: Answer): boolean {
  return fromBackend || (!x.tree.gone && errorCode !== null && CALLED.has(errorCode));
}

/** What becomes of a call that a backend does not answer. */
const NO_ANSWER: ReadonlySet<string> = new Set(['D504TO', 'D504CO', 'D504RE', 'D504CS']);
const CALLED: ReadonlySet<string> = new Set([...NO_ANSWER, 'D502BR']);

function gotNoAnswer(_: Exchange, { fromBackend, errorCode }: Answer): boolean {
  return !fromBackend && NO_ANSWER.has(errorCode!);
}

function compileFailure(condition: string, context: CompileContext): (x: Exchange, answer: Answer) => boolean {
  const parsed = parseCondition(condition);
  if (!('ast' in parsed)) throw new Error(`errorCondition: ${parsed.problems.map((each) => each.message).join('; ')}`);
  const test = compileCondition(parsed.ast, {
    parameters: { byName: new Map(), needs: { form: false, body: false } },
    apiParameters: context.apiParameters,
    pluginVariables: VARIABLES,
  });
  return (x, { status, errorCode, fromBackend, headers }) => {
    const latencyMs = Math.max(0, performance.now() - x.upstreamStartMs);
    const variables = new Map<string, ConditionValue>([
      ['StatusCode', status],
      ['LatencyMilliSeconds', Math.round(latencyMs)],
      ['LatencySeconds', Math.round(latencyMs) / 1000],
    ]);
    const looked = { status, errorCode: fromBackend ? null : errorCode, headers, body: null };
    return test(new ResponseSource(x, looked, context.random, variables));
  };
}

/** The keys of an API's routes, put together once. */
function keys({ api: { apiId, stage } }: CompileContext): (routeName: string | null) => string {
  const own = breakerKey(apiId, stage, null);
  const ofRoutes = new Map<string, string>();
  return (routeName) => {
    if (routeName === null) return own;
    let key = ofRoutes.get(routeName);
    if (key === undefined) {
      key = breakerKey(apiId, stage, routeName);
      ofRoutes.set(routeName, key);
    }
    return key;
  };
}

function downgradeOf({ downgradeBackend }: CircuitBreakerConfig, context: CompileContext): unknown {
  if (downgradeBackend === undefined) return null;
  const made = context.backend(overlayOf(downgradeBackend));
  if ('incomplete' in made) throw new Error(`downgradeBackend has ${made.incomplete}`);
  return made.backend;
}

function diversions({ downgradeBackend }: CircuitBreakerConfig): Diversion[] {
  if (downgradeBackend === undefined) return [];
  const path = `downgradeBackend.${downgradeBackend.vpcAccessName === undefined ? 'address' : 'vpcAccessName'}`;
  return [{ path, always: false, backend: overlayOf(downgradeBackend), stage: null }];
}

function check(config: CircuitBreakerConfig) {
  const { timeoutThreshold, errorCondition, errorThreshold, windowTwice } = config;
  const problems: Problem[] = [];
  if (windowTwice)
    problems.push({ path: 'windowsInSeconds', message: 'is another spelling of windowInSeconds, which is there too' });
  const byErrors = errorCondition !== undefined || errorThreshold !== undefined;
  if ((timeoutThreshold !== undefined) === byErrors)
    problems.push({ path: '', message: 'must hold either timeoutThreshold, or errorCondition and errorThreshold' });
  if (byErrors && errorCondition === undefined)
    problems.push({ path: 'errorCondition', message: 'is required beside errorThreshold' });
  if (byErrors && errorThreshold === undefined)
    problems.push({ path: 'errorThreshold', message: 'is required beside errorCondition' });
  if (errorCondition === undefined) return { problems, warnings: [] };
  const found = checkCondition(errorCondition, {
    parameters: {},
    phase: 'response',
    pluginVariables: VARIABLES,
    limits: DEFAULT_LIMITS,
  });
  const path = 'errorCondition';
  problems.push(...found.problems.map(({ message }) => ({ path, message })));
  return { problems, warnings: found.warnings.map(({ code, message }) => ({ code, path, message })) };
}
