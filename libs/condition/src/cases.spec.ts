/** Every published and decided case of the condition language, from test-data/condition-cases.json. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  type CompiledParameters,
  type ConditionValue,
  checkCondition,
  compileCondition,
  compileParameters,
  explainCondition,
  forwardedAddress,
  type ParsedLocation,
  parseCondition,
  readJsonPath,
  type Value,
  type ValueSource,
} from './index.js';

interface Case {
  id: string;
  expr: string;
  parameters: Record<string, string>;
  context: Context;
  expected: boolean | 'error';
  warnings?: string[];
}

interface Context {
  query?: Record<string, string[]>;
  form?: Record<string, string[]>;
  headers?: Record<string, string[]>;
  apiParameters?: Record<string, string[]>;
  pathParameters?: Record<string, string>;
  hostParameters?: Record<string, string>;
  token?: Record<string, ConditionValue>;
  system?: Record<string, string>;
  method?: string;
  path?: string;
  xff?: string;
  body?: unknown;
  response?: { status?: number; headers?: Record<string, string[]>; body?: unknown; errorCode?: string };
  predefined?: Record<string, ConditionValue>;
  random?: number;
  nowMs?: number;
  phase?: 'request' | 'response';
}

const { cases }: { cases: Case[] } = JSON.parse(
  readFileSync(new URL('../test-data/condition-cases.json', import.meta.url), 'utf8'),
);

function sourceOf(context: Context): ValueSource {
  const { response } = context;
  return {
    nowMs: context.nowMs ?? 0,
    random: () => context.random ?? 0,
    system: (name) => context.system?.[name] ?? null,
    apiParameter: (name) => context.apiParameters?.[name]?.[0],
    pluginVariable: (name) => context.predefined?.[name] ?? null,
    read({ location, name, index, path }: ParsedLocation) {
      const key = name ?? '';
      const values: Partial<Record<ParsedLocation['location'], () => Value | undefined>> = {
        Method: () => context.method,
        Path: () => context.path,
        PathParameter: () => context.pathParameters?.[key],
        StatusCode: () => response?.status,
        ErrorCode: () => response?.errorCode,
        Header: () => (response === undefined ? context.headers : response.headers)?.[key]?.[0],
        Query: () => context.query?.[key]?.[0],
        Form: () => context.form?.[key]?.[0],
        Host: () => context.hostParameters?.[key],
        Parameter: () => context.apiParameters?.[key]?.[0],
        BodyJsonField: () => readJsonPath(response === undefined ? context.body : response.body, path),
        Token: () => context.token?.[key],
        XFF: () => forwardedAddress(context.xff ?? null, index),
      };
      return values[location]?.() ?? null;
    },
  };
}

describe('a condition case', () => {
  it.each(cases)('$id: $expr', ({ expr, parameters: map, context, expected, warnings }) => {
    const phase = context.phase ?? (context.response === undefined ? 'request' : 'response');
    const pluginVariables = Object.keys(context.predefined ?? {});
    const checked = checkCondition(expr, { parameters: map, phase, pluginVariables });
    expect(checked.problems.length > 0).toBe(expected === 'error');
    if (expected === 'error') return;
    expect(checked.warnings.map(({ code }) => code)).toEqual(warnings ?? []);

    const parsed = parseCondition(expr);
    if (!('ast' in parsed)) throw new Error('checked, yet not parsed');
    const parameters = compileParameters(map, phase) as CompiledParameters;
    const source = sourceOf(context);
    const known = Object.keys(context.apiParameters ?? {});
    for (const apiParameters of [undefined, known]) {
      const scope = { parameters, pluginVariables, apiParameters };
      expect(compileCondition(parsed.ast, scope)(source)).toBe(expected);
      expect(explainCondition(parsed.ast, scope, source).result).toBe(expected);
    }
  });
});
