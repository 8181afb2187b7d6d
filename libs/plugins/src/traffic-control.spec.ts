/** Which counters a request is charged to, and what a refusal says (plugins, section 5.1). */
import { describe, expect, it } from '@jest/globals';
import { checkPlugin } from './check.js';
import type { Answer } from './kit/answer.js';
import { type Counted, NO_SERVICES, type Refused } from './kit/services.js';
import { compileContext, makeExchange } from './testing/make-exchange.js';
import { trafficControl } from './traffic-control.js';

const { pluginId, api } = compileContext();
const SCOPE = `${pluginId}/${api.apiId}`;

type Request = Parameters<typeof makeExchange>[1] & { target?: string; appId?: string; accountId?: string };

function start(config: object, replies: Array<Refused | null> = [], queue = false) {
  const checked = checkPlugin('trafficControl', config);
  if (checked.config === null) throw new Error(JSON.stringify(checked.problems));
  const taken: Array<readonly Counted[]> = [];
  const waited: Array<[key: string, ms: number, max: number]> = [];
  const limits = {
    take(counted: readonly Counted[]) {
      taken.push(counted);
      return replies.shift() ?? null;
    },
    wait(...args: (typeof waited)[number]) {
      waited.push(args);
      return queue ? Promise.resolve() : null;
    },
  };
  const steps = trafficControl.compile(checked.config as never, compileContext({ services: { ...NO_SERVICES, limits } }));
  const ask = async ({ target = '/', appId, accountId = 'acc', ...made }: Request = {}) => {
    const x = makeExchange(target, made);
    if (appId !== undefined) x.caller = { appId, appName: 'app', accountId, key: 'K', extend: '' };
    return ((await steps.request!(x)) as Answer | undefined) ?? 'passes';
  };
  const charged = () => taken.at(-1)?.map(({ key, limit }) => `${key.replace(SCOPE, 'S').replace(pluginId, 'P')} ${limit}`);
  return { ask, charged, taken, waited, steps };
}

describe('limits of an API, its callers’ accounts and apps', () => {
  const config = {
    unit: 'MINUTE',
    apiDefault: 100,
    userDefault: 50,
    appDefault: 10,
    specials: [
      {
        type: 'APP',
        policies: [
          { key: 7, value: 60 },
          { key: '8', value: 5 },
          { key: 8, value: 6 },
        ],
      },
      { type: 'USER', policies: [{ key: 'special', value: 70 }] },
    ],
  };

  it.each<[string, Request, string[]]>([
    ['nobody', {}, ['S/api 100']],
    ['an app', { appId: '1' }, ['S/api 100', 'S/user/acc 50', 'S/app/1 10']],
    ['a special app', { appId: '7' }, ['S/api 100', 'S/app/7 60']],
    ['an app that is named twice', { appId: '8' }, ['S/api 100', 'S/app/8 6']],
    ['an app of a special account', { appId: '1', accountId: 'special' }, ['S/api 100', 'S/user/special 70']],
    ['both', { appId: '7', accountId: 'special' }, ['S/api 100', 'S/app/7 60', 'S/user/special 70']],
  ])('are charged for %s', async (_, request, expected) => {
    const { ask, charged, taken } = start(config);
    expect(await ask(request)).toBe('passes');
    expect(charged()).toEqual(expected);
    expect(taken[0]!.every(({ windowMs }) => windowMs === 60_000)).toBe(true);
  });

  it('refuse, and say when to come again', async () => {
    const { ask } = start(config, [{ at: 2, retryAfterMs: 12_001 }]);
    expect(await ask({ appId: '1' })).toMatchObject({
      status: 429,
      errorCode: 'T429PR',
      headers: ['Retry-After', '13', 'RateLimit-Limit', '10', 'RateLimit-Remaining', '0', 'RateLimit-Reset', '13'],
    });
  });

  it.each([
    ['SECOND', 1000],
    ['MINUTE', 60_000],
    ['HOUR', 3_600_000],
    ['DAY', 86_400_000],
  ])('are for a %s', async (unit, ms) => {
    const { ask, taken } = start({ unit, apiDefault: 1 });
    await ask();
    expect(taken[0]![0]!.windowMs).toBe(ms);
  });
});

describe('who is over a limit of a second', () => {
  const full = { at: 0, retryAfterMs: 400 };

  it('waits for the next one, in a queue as long as the limit, and is asked about again', async () => {
    const { ask, waited } = start({ unit: 'SECOND', apiDefault: 5 }, [full], true);
    expect(await ask()).toBe('passes');
    expect(waited).toEqual([[`${SCOPE}/api`, 400, 5]]);
    expect(await start({ unit: 'SECOND', apiDefault: 5 }, [full, full], true).ask()).toMatchObject({ errorCode: 'T429PR' });
    const long = start({ unit: 'SECOND', apiDefault: 50_000 }, [full], true);
    await long.ask();
    expect(long.waited[0]![2]).toBe(1000);
  });

  it('is refused when the queue is full', async () => {
    expect(await start({ unit: 'SECOND', apiDefault: 5 }, [full], false).ask()).toMatchObject({ errorCode: 'T429PR' });
  });

  it.each([{ controlMode: 'FIX_WINDOW' }, { blockingMode: 'QUICK_RETURN' }])('does not wait with %j', async (mode) => {
    const { ask, waited } = start({ unit: 'SECOND', apiDefault: 5, ...mode }, [full], true);
    expect([await ask(), waited]).toMatchObject([{ errorCode: 'T429PR' }, []]);
  });

  it('of a minute is refused at once', async () => {
    const { ask, waited } = start({ unit: 'MINUTE', apiDefault: 5 }, [full], true);
    expect([await ask(), waited]).toMatchObject([{ errorCode: 'T429PR' }, []]);
  });
});

describe('limits by parameters', () => {
  const parameters = { user: 'Query:user', kind: 'Header:X-Kind' };
  const rule = (more: object) => ({ name: 'r', limit: 3, period: 'HOUR', ...more });

  it('are charged for each combination of values, beside the default', async () => {
    const { ask, charged } = start({
      parameters,
      defaultLimit: 9,
      defaultPeriod: 'DAY',
      rules: [rule({ byParameters: 'user, kind' }), rule({ name: 's', condition: "$kind = 'a'" })],
    });
    await ask({ target: '/?user=u1', headers: ['X-Kind', 'a'] });
    expect(charged()).toEqual(['P/default 9', 'P/rule/r/2:u11:a 3', 'P/rule/s/ 3']);
    await ask({ target: '/?user=u' });
    expect(charged()).toEqual(['P/default 9', 'P/rule/r/1:u0: 3']);
  });

  it('tell values apart, however they are cut, and are short for long ones', async () => {
    const { ask, charged } = start({ parameters, rules: [rule({ byParameters: 'user,kind' })] });
    const keys = new Set<string>();
    for (const [user, kind] of [
      ['ab', 'c'],
      ['a', 'bc'],
      ['abc', ''],
      ['', 'abc'],
      ['1:a', ''],
      ['x'.repeat(5000), 'y'],
    ]) {
      await ask({ target: `/?user=${user}`, headers: ['X-Kind', kind!] });
      keys.add(charged()![0]!);
    }
    expect(keys.size).toBe(6);
    expect(Math.max(...[...keys].map((key) => key.length))).toBeLessThan(80);
  });

  it('pass over a request without a value, where the rule says so', async () => {
    const { ask, taken } = start({ parameters, rules: [rule({ byParameters: 'user', bypassEmptyValue: true })] });
    for (const target of ['/', '/?user=']) expect(await ask({ target })).toBe('passes');
    expect(taken).toEqual([]);
  });

  it('are for all APIs of the plugin, or for each', async () => {
    const config = { defaultLimit: 9, defaultPeriod: 'DAY' };
    const [plugin, each] = [start(config), start({ ...config, scope: 'API' })];
    await plugin.ask();
    await each.ask();
    expect([plugin.charged(), each.charged()]).toEqual([['P/default 9'], ['S/default 9']]);
  });

  it('say when to come again as the rule says, then as the plugin says', async () => {
    const config = {
      defaultLimit: 9,
      defaultPeriod: 'DAY',
      defaultRetryAfterBySecond: 7,
      rules: [rule({ retryAfterBySecond: 0 })],
    };
    const retry = async (at: number) => ((await start(config, [{ at, retryAfterMs: 5000 }]).ask()) as Answer).headers.slice(0, 2);
    expect([await retry(0), await retry(1)]).toEqual([
      ['Retry-After', '7'],
      ['Retry-After', '0'],
    ]);
  });

  it('read a form or a body where they need one', () => {
    const { steps } = start({ parameters: { f: 'Form:f' }, rules: [rule({ byParameters: 'f' })] });
    expect(steps).toMatchObject({ needsForm: true, needsBody: false });
  });
});

describe('a configuration', () => {
  it.each<[object, string[]]>([
    [{ unit: 'SECOND' }, ['apiDefault']],
    [{ unit: 'WEEK', apiDefault: 0 }, ['unit', 'apiDefault']],
    [{ unit: 'DAY', apiDefault: 1, userDefault: 2 }, ['userDefault']],
    [{ unit: 'DAY', apiDefault: 9, userDefault: 2, appDefault: 3 }, ['appDefault']],
    [
      { unit: 'DAY', apiDefault: 1, specials: [{ type: 'APP', policies: [{ key: 1, value: 2 }] }] },
      ['specials[0].policies[0].value'],
    ],
    [{ unit: 'DAY', apiDefault: 1, rules: [] }, ['rules']],
    [{}, ['']],
    [{ defaultLimit: 1 }, ['defaultPeriod']],
    [{ rules: [{ name: 'a', limit: 1, period: 'DAY', byParameters: 'x' }] }, ['rules[0].byParameters']],
    [
      {
        rules: [
          { name: 'a', limit: 1, period: 'DAY' },
          { name: 'a', limit: 1, period: 'DAY', condition: '$' },
        ],
      },
      ['rules[1].name', 'rules[1].condition'],
    ],
    [
      { rules: [{ name: '', limit: 0, period: 'x', retryAfterBySecond: -1 }] },
      ['rules[0].name', 'rules[0].limit', 'rules[0].period', 'rules[0].retryAfterBySecond'],
    ],
    [{ defaultLimit: 1, defaultPeriod: 'DAY', parameters: { a: 'StatusCode' } }, ['parameters.a']],
  ])('is refused with every complaint: %j', (config, paths) => {
    expect(checkPlugin('trafficControl', config).problems.map(({ path }) => path)).toEqual(paths);
  });
});
