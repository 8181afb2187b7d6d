/** What counts for a circuit breaker, and what answers while it is open (plugins, section 5.12). */
import { describe, expect, it } from '@jest/globals';
import { checkPlugin } from './check.js';
import { circuitBreaker } from './circuit-breaker.js';
import { Answer, refuse } from './kit/answer.js';
import type { BreakerSettings, Entry, Outcome } from './kit/breaker.js';
import { NO_SERVICES } from './kit/services.js';
import { compileContext, makeExchange } from './testing/make-exchange.js';

function compile(config: object) {
  const checked = checkPlugin('circuitBreaker', config);
  if (checked.config === null) throw new Error(JSON.stringify(checked.problems));
  const settled: Array<[key: string, entry: Entry, outcome: Outcome, settings: BreakerSettings]> = [];
  const next = { entry: 'call' as Entry };
  const breakers = {
    enter: () => next.entry,
    settle: (...told: (typeof settled)[number]) => void settled.push(told),
  };
  const { guard } = circuitBreaker.compile(checked.config as never, compileContext({ services: { ...NO_SERVICES, breakers } }));
  const outcomeOf = (answer: Answer, x = makeExchange('/')) => {
    guard!.before(x);
    guard!.after(x, answer);
    return settled.at(-1)?.[2];
  };
  return { guard: guard!, next, settled, outcomeOf };
}

function said(status: number): Answer {
  const answer = new Answer(status, [], null);
  answer.fromBackend = true;
  return answer;
}

describe('a call', () => {
  it.each<[string, Answer, Outcome]>([
    ['an answer', said(200), 'succeeded'],
    ['an error of the backend', said(504), 'succeeded'],
    ['no answer in time', refuse('D504TO'), 'failed'],
    ['no connection', refuse('D504CO'), 'failed'],
    ['an answer that is no HTTP', refuse('D502BR'), 'succeeded'],
    ['a full pool', refuse('D503BB'), 'none'],
    ['a refusal before anything was called', refuse('I400CT'), 'none'],
  ])('that came to %s counts by timeout', (_, answer, outcome) => {
    expect(compile({ timeoutThreshold: 2 }).outcomeOf(answer)).toBe(outcome);
  });

  it.each<[string, Answer, Outcome]>([
    ['a good answer', said(200), 'succeeded'],
    ['an error of the backend', said(503), 'failed'],
    ['no answer in time', refuse('D504TO'), 'failed'],
  ])('that came to %s counts by condition', (_, answer, outcome) => {
    expect(compile({ errorCondition: '$StatusCode >= 500', errorThreshold: 2 }).outcomeOf(answer)).toBe(outcome);
  });

  it('counts by how long the backend took', () => {
    const { outcomeOf } = compile({
      errorCondition: '$LatencyMilliSeconds >= 1000 and $LatencySeconds < 100',
      errorThreshold: 2,
    });
    const begun = (agoMs: number) => {
      const x = makeExchange('/');
      x.upstreamStartMs = performance.now() - agoMs;
      return x;
    };
    expect([outcomeOf(said(200), begun(10)), outcomeOf(said(200), begun(2000)), outcomeOf(said(200), begun(200_000))]).toEqual([
      'succeeded',
      'failed',
      'succeeded',
    ]);
  });

  it('whose client left says nothing', () => {
    const x = makeExchange('/');
    x.tree.gone = true;
    expect(compile({ timeoutThreshold: 2 }).outcomeOf(refuse('D504CO'), x)).toBe('none');
  });

  it('is counted for its API, stage and route, with the settings as they are', () => {
    const { guard, settled } = compile({ timeoutThreshold: 7, windowsInSeconds: '20', openTimeoutSeconds: 60 });
    for (const routeName of [null, 'blue']) {
      const x = makeExchange('/');
      x.routeName = routeName;
      guard.before(x);
      guard.after(x, said(200));
    }
    const { apiId, stage } = compileContext().api;
    const settings = { threshold: 7, windowSeconds: 20, openSeconds: 60 };
    expect(settled).toEqual([
      [`${apiId}/${stage}/`, 'call', 'succeeded', settings],
      [`${apiId}/${stage}/blue`, 'call', 'succeeded', settings],
    ]);
  });
});

describe('while it is open', () => {
  it('the gateway answers, and nothing is counted', () => {
    const { guard, next, settled } = compile({ timeoutThreshold: 1 });
    next.entry = 'open';
    expect(guard.before(makeExchange('/'))).toMatchObject({ status: 503, errorCode: 'D503CB' });
    next.entry = 'busy';
    expect(guard.before(makeExchange('/'))).toMatchObject({ status: 503, errorCode: 'D503BB' });
    expect(settled).toEqual([]);
  });

  it('another backend answers where one is named, and is not counted', () => {
    const { guard, next, settled } = compile({ timeoutThreshold: 1, downgradeBackend: { type: 'mock', body: 'later' } });
    next.entry = 'open';
    const x = makeExchange('/');
    expect(guard.before(x)).toBeUndefined();
    expect(x.backend).toMatchObject({ type: 'MOCK', body: 'later' });
    guard.after(x, refuse('D504TO'));
    expect(settled).toEqual([]);
  });
});

describe('a configuration', () => {
  it.each<[object, string[]]>([
    [{}, ['']],
    [{ timeoutThreshold: 5, errorCondition: '1 = 1', errorThreshold: 3 }, ['']],
    [{ errorCondition: '1 = 1' }, ['errorThreshold']],
    [{ errorThreshold: 1 }, ['errorCondition']],
    [
      { timeoutThreshold: 0, windowInSeconds: 9, openTimeoutSeconds: 301 },
      ['timeoutThreshold', 'windowInSeconds', 'openTimeoutSeconds'],
    ],
    [{ timeoutThreshold: 1, windowInSeconds: 10, windowsInSeconds: 10 }, ['windowsInSeconds']],
    [{ errorCondition: '$StatusCode >', errorThreshold: 1 }, ['errorCondition']],
    [{ timeoutThreshold: 1, downgradeBackend: { type: 'OSS' } }, ['downgradeBackend.type']],
    [{ timeoutThreshold: 1, other: 1 }, ['other']],
  ])('is refused with every complaint: %j', (config, paths) => {
    expect(checkPlugin('circuitBreaker', config).problems.map(({ path }) => path)).toEqual(paths);
  });

  it('whose other backend lacks something makes the plugin unusable', () => {
    expect(() => compile({ timeoutThreshold: 1, downgradeBackend: { address: 'incomplete' } })).toThrow(
      'downgradeBackend has no address',
    );
  });

  it('tells where it may send requests', () => {
    const { config } = checkPlugin('circuitBreaker', { timeoutThreshold: 1, downgradeBackend: { type: 'HTTP', address: 'a.b' } });
    expect(circuitBreaker.diversions!(config as never)).toMatchObject([
      { path: 'downgradeBackend.address', always: false, stage: null, backend: { address: 'a.b' } },
    ]);
  });
});
