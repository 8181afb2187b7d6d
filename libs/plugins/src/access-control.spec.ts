/** The first rule that decides lets a request pass, or answers it (plugins 5.7). */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { accessControl } from './access-control.js';
import { checkPlugin } from './check.js';
import type { Answer } from './kit/answer.js';
import type { Dataset } from './kit/dataset.js';
import type { CompileContext } from './kit/plugin.js';
import { compileContext, makeExchange, NOW_MS } from './testing/make-exchange.js';

const ID = 'd'.repeat(32);

function listOf(...items: ReadonlyArray<[value: string, expiresAtMs: number | null]>): Dataset {
  return {
    id: ID,
    type: 'PARAMETER_ACCESS',
    items: new Map(items.map(([value, expiresAtMs]) => [value, { value, expiresAtMs }])),
  };
}

function compile(config: object, context: Partial<CompileContext> = {}) {
  const { config: checked, problems } = checkPlugin('accessControl', config);
  if (checked === null) throw new Error(JSON.stringify(problems));
  return accessControl.compile(checked as never, compileContext(context));
}

function run(config: object, x = makeExchange('/a?q=1'), context: Partial<CompileContext> = {}): Answer | undefined {
  const made = compile(config, context).request!(x);
  if (made instanceof Promise) throw new Error('it waits for nothing');
  return made;
}

const parameters = { q: 'Query:q', f: 'Form:f', b: 'BodyJsonField:$.a' };
const rule = (name: string, condition: string, more: object) => ({ name, condition, ...more });
const problemsOf = (config: unknown) => checkPlugin('accessControl', config).problems.map(({ path }) => path);

describe('the rules', () => {
  it.each([
    ['ALLOW', undefined, true, true],
    ['DENY', undefined, true, false],
    ['DENY', undefined, false, true],
    [undefined, 'DENY', false, false],
    [undefined, 'DENY', true, true],
    ['ALLOW', 'DENY', true, true],
    ['ALLOW', 'DENY', false, false],
  ])('ifTrue %s, ifFalse %s, and it holds: %s; passes: %s', (ifTrue, ifFalse, holds, passes) => {
    const config = { parameters, rules: [rule('r', `$q = '${holds ? 1 : 2}'`, { ifTrue, ifFalse })] };
    expect(run(config) === undefined).toBe(passes);
  });

  it('are asked in order: one that allows ends it, one that says nothing hands on', () => {
    const deny = rule('deny', '1 = 1', { ifTrue: 'DENY' });
    expect(run({ rules: [rule('a', '1 = 1', { ifTrue: 'ALLOW' }), deny] })).toBeUndefined();
    expect(run({ rules: [rule('a', '1 = 2', { ifTrue: 'ALLOW' }), deny] })?.errorCode).toBe('A403AC');
  });

  it('come to what reading them from the top comes to', () => {
    const verdict = fc.constantFrom('ALLOW', 'DENY', undefined);
    const each = fc
      .record({ holds: fc.boolean(), ifTrue: verdict, ifFalse: verdict })
      .filter(({ ifTrue, ifFalse }) => ifTrue !== undefined || ifFalse !== undefined);
    fc.assert(
      fc.property(fc.array(each, { minLength: 1, maxLength: 6 }), (all) => {
        const rules = all.map(({ holds, ...more }, n) => rule(`r${n}`, holds ? '1 = 1' : '1 = 2', more));
        const verdicts = all.map(({ holds, ifTrue, ifFalse }) => (holds ? ifTrue : ifFalse));
        const first = verdicts.findIndex((one) => one !== undefined);
        const answer = run({ rules });
        const denied = first >= 0 && verdicts[first] === 'DENY';
        expect(answer?.errorMessage).toBe(denied ? `Access Control Forbidden by r${first}` : undefined);
      }),
    );
  });
});

describe('who is denied', () => {
  it('gets 403, the code, and the rule’s name', () => {
    expect(run({ rules: [rule('some rule', '1 = 1', { ifTrue: 'DENY' })] })).toMatchObject({
      status: 403,
      errorCode: 'A403AC',
      errorMessage: 'Access Control Forbidden by some rule',
      headers: [],
      body: null,
    });
  });

  it('gets what the rule says, with values filled in', () => {
    const more = {
      ifTrue: 'DENY',
      statusCode: '429',
      errorMessage: 'no ${q}\u00e9 ${none}',
      responseHeaders: { 'Content-Type': 'application/json', 'X-B': 'é', 'Retry-After': 5 },
      responseBody: '{"q": "${q}"}',
    };
    const answer = run({ parameters, rules: [rule('r', '1 = 1', more)] }, makeExchange('/?q=a%0d%0ab'))!;
    expect(answer).toMatchObject({ status: 429, errorCode: 'A403AC', errorMessage: 'no a??b\u00c3\u00a9' });
    expect(answer.headers).toEqual(['Content-Type', 'application/json', 'X-B', '\u00c3\u00a9', 'Retry-After', '5']);
    expect(String(answer.body)).toBe('{"q": "a\r\nb"}');
  });

  it('gets a body as plain text where the rule names no type: it may hold what a client sent', () => {
    const answer = run({ parameters, rules: [rule('r', '1 = 1', { ifTrue: 'DENY', responseBody: '${q}' })] })!;
    expect(answer.headers).toEqual(['Content-Type', 'text/plain; charset=utf-8']);
  });
});

describe('a value in a dataset', () => {
  const rules = [{ name: 'r', assertParameterName: 'q', assertInDataset: ID, ifFalse: 'DENY' }];
  const passes = (dataset: Dataset | null, target = '/?q=1') =>
    run({ parameters, rules }, makeExchange(target), { dataset: () => dataset }) === undefined;

  it.each([
    ['is there', listOf(['1', null]), '/?q=1', true],
    ['is another', listOf(['2', null]), '/?q=1', false],
    ['differs in letter case', listOf(['a', null]), '/?q=A', false],
    ['is null', listOf(['', null], ['null', null]), '/', false],
    ['is empty text', listOf(['', null]), '/?q=', true],
    ['has expired', listOf(['1', NOW_MS]), '/?q=1', false],
    ['expires in a moment', listOf(['1', NOW_MS + 1]), '/?q=1', true],
    ['is no name of an object', listOf(['1', null]), '/?q=constructor', false],
  ])('that %s', (_, dataset, target, expected) => {
    expect(passes(dataset, target)).toBe(expected);
  });

  it('that is not there makes the plugin unusable', () => {
    expect(() => passes(null)).toThrow(`dataset ${ID}`);
  });

  it('is named with its field and type', () => {
    const named = accessControl.datasetsOf!(checkPlugin('accessControl', { parameters, rules }).config as never);
    expect(named).toEqual([{ path: 'rules[0].assertInDataset', id: ID, type: 'PARAMETER_ACCESS' }]);
  });
});

describe('a plugin', () => {
  it('reads a body only where something looks into it', () => {
    const needs = (more: object, condition = '1 = 1') => {
      const { needsForm, needsBody } = compile({ parameters, rules: [rule('r', condition, { ifTrue: 'DENY', ...more })] });
      return [needsForm, needsBody];
    };
    expect(needs({})).toEqual([false, false]);
    expect(needs({}, "$f = '1'")).toEqual([true, false]);
    expect(needs({ responseBody: '${b}' })).toEqual([false, true]);
    expect(needs({ errorMessage: '${f}' })).toEqual([true, false]);
    const rules = [{ name: 'r', assertParameterName: 'b', assertInDataset: ID, ifFalse: 'DENY' }];
    expect(compile({ parameters, rules }, { dataset: () => listOf() }).needsBody).toBe(true);
  });

  it.each([
    [{}, ['rules']],
    [{ rules: [] }, ['rules']],
    [{ rules: [{ name: 'r', condition: '1 = 1' }] }, ['rules[0]']],
    [{ rules: [{ name: 'r', ifTrue: 'DENY' }] }, ['rules[0]']],
    [{ rules: [{ name: 'r', ifTrue: 'DENY', condition: '1 =' }] }, ['rules[0].condition']],
    [{ rules: [{ name: 'r', ifTrue: 'deny', condition: '1 = 1' }] }, ['rules[0].ifTrue']],
    [{ rules: [{ name: 'r', ifTrue: 'DENY', assertInDataset: ID }] }, ['rules[0].assertParameterName']],
    [{ rules: [{ name: 'r', ifTrue: 'DENY', assertParameterName: 'q' }] }, ['rules[0].assertInDataset']],
    [
      { rules: [{ name: 'r', ifTrue: 'DENY', assertParameterName: 'toString', assertInDataset: ID }] },
      ['rules[0].assertParameterName'],
    ],
    [{ parameters, rules: [{ name: 'r', ifTrue: 'DENY', condition: '1 = 1', assertParameterName: 'q' }] }, ['rules[0]']],
    [{ rules: [rule('r', '1 = 1', { ifTrue: 'DENY' }), rule('r', '1 = 1', { ifTrue: 'DENY' })] }, ['rules[1].name']],
    [{ parameters: { s: 'StatusCode' }, rules: [rule('r', '1 = 1', { ifTrue: 'DENY' })] }, ['parameters.s']],
    [{ rules: [rule('r', '1 = 1', { ifTrue: 'DENY', statusCode: 100 })] }, ['rules[0].statusCode']],
    [
      { rules: [rule('r', '1 = 1', { ifTrue: 'DENY', responseHeaders: { 'X-Ca-Error-Code': 'x' } })] },
      ['rules[0].responseHeaders.X-Ca-Error-Code'],
    ],
    [
      { rules: [rule('r', '1 = 1', { ifTrue: 'DENY', responseHeaders: { 'Content-Length': '1' } })] },
      ['rules[0].responseHeaders.Content-Length'],
    ],
    [{ rules: [rule('r', '1 = 1', { ifTrue: 'DENY', responseHeaders: { X: 'a\r\nb' } })] }, ['rules[0].responseHeaders.X']],
    [{ rules: Array.from({ length: 65 }, (_, n) => rule(`r${n}`, '1 = 1', { ifTrue: 'DENY' })) }, ['rules']],
    [{ rules: [rule('r', '1 = 1', { ifTrue: 'DENY', weight: 1 })] }, ['rules[0].weight']],
  ])('%j is refused with its paths', (config, paths) => {
    expect(problemsOf(config)).toEqual(paths);
  });

  it('warns of a chain that mixes operators', () => {
    const { warnings } = checkPlugin('accessControl', { rules: [rule('r', '1 = 1 and 1 = 1 or 1 = 2', { ifTrue: 'DENY' })] });
    expect(warnings).toMatchObject([{ code: 'mixed-operators', path: 'rules[0].condition' }]);
  });

  it('explains every rule with what it saw', () => {
    const rules = [
      rule('cond', "$q = '1'", { ifTrue: 'ALLOW' }),
      { name: 'list', assertParameterName: 'q', assertInDataset: ID, ifFalse: 'DENY' },
    ];
    const { config } = checkPlugin('accessControl', { parameters, rules });
    const explain = (dataset: Dataset | null) =>
      accessControl.explain!(config as never, compileContext({ dataset: () => dataset }))(makeExchange('/?q=1'));
    expect(explain(listOf(['1', null]))).toEqual([
      { rule: 'cond', condition: "$q = '1'", holds: true, why: ["true: $q = '1' ($q from Query:q is '1')"] },
      {
        rule: 'list',
        condition: `$q in dataset ${ID}`,
        holds: true,
        why: [`true: $q in dataset ${ID} ($q from Query:q is '1')`],
      },
    ]);
    expect(explain(null)[1]).toMatchObject({ holds: false, why: [`false: dataset ${ID} is not there`] });
  });
});
