/** What a variable name means, and what a condition needs. */
import { describe, expect, it } from '@jest/globals';
import {
  type CompiledParameters,
  checkCondition,
  compileParameters,
  conditionNeeds,
  parseCondition,
  resolveVariable,
  type ValueSource,
} from './index.js';

const source: ValueSource = {
  nowMs: 0,
  random: () => 0,
  read: ({ location }) => `read ${location}`,
  system: (name) => `system ${name}`,
  apiParameter: (name) => (name === 'CaStage' || name === 'api' ? `api ${name}` : undefined),
  pluginVariable: (name) => `plugin ${name}`,
};

const parameters = compileParameters(
  { a: 'Query:a', s: 'System:castage', CaAppId: 'Form:f', j: 'BodyJson:$' },
  'request',
) as CompiledParameters;

describe('a variable', () => {
  it.each([
    ['a', {}, 'read Query'],
    ['s', {}, 'system CaStage'],
    ['CaAppId', {}, 'read Form'],
    ['a', { pluginVariables: ['a'] }, 'read Query'],
    ['CaStage', { pluginVariables: ['CaStage'] }, 'plugin CaStage'],
    ['CaStage', {}, 'api CaStage'],
    ['CaDomain', {}, 'system CaDomain'],
    ['api', {}, 'api api'],
    ['CaStage', { apiParameters: ['CaStage'] }, 'api CaStage'],
    ['CaStage', { apiParameters: [] }, 'system CaStage'],
    ['CaHttpScheme', {}, 'system CaHttpSchema'],
    ['castage', {}, null],
    ['other', {}, null],
  ])('$%s with %j reads %j', (name, more, expected) => {
    expect(resolveVariable(name, { parameters, ...more })?.(source)).toBe(expected);
  });

  it('that nothing can supply is known as such, once the API is known', () => {
    expect(resolveVariable('other', { parameters, apiParameters: ['api'] })).toBeNull();
    const check = (apiParameters?: string[]) =>
      checkCondition('$other = $api or $CaStage = 1', { parameters: {}, phase: 'request', apiParameters });
    expect(check()).toEqual({ problems: [], warnings: [] });
    expect(check(['api'])).toMatchObject({ problems: [], warnings: [{ code: 'unknown-variable', column: 1 }] });
  });
});

it('a condition needs only what its own variables need', () => {
  const needs = (text: string) => {
    const result = parseCondition(text);
    return 'ast' in result ? conditionNeeds(result.ast, parameters) : null;
  };
  expect(needs('$a = 1 and !($s = 2)')).toEqual({ form: false, body: false });
  expect(needs('$a = 1 and !($CaAppId = 2)')).toEqual({ form: true, body: false });
  expect(needs('1 = $j')).toEqual({ form: false, body: true });
});
