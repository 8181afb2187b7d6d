/** Whatever is wrong with a configuration of whatever type, it is refused, and the field is named. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import type { z } from 'zod';
import { checkPlugin, reviewPlugin } from './check.js';
import { plugins } from './list.js';
import { FULL_CONFIGS } from './testing/full-configs.js';
import { boundsOf, type Field, fieldsIn, isClosed, namesIn } from './testing/schema-at.js';

type Config = Record<string, unknown>;

/** A field of a configuration that is right. */
interface Place extends Pick<Field, 'path' | 'schema'> {
  readonly config: Config;
}

/** What is wrong elsewhere is right there. */
const TAKES_NULL = /^transformer \w+\[\d+\]\.value$/;

describe.each(plugins.map((plugin) => [plugin.type, plugin] as const))('a configuration of the type %s', (type, plugin) => {
  const samples = [parse(plugin.example) as Config, ...(FULL_CONFIGS[type] ?? [])];
  const schemaOf = (config: Config): z.ZodType => plugin.variant?.(config) ?? plugin.schema;
  const fields = samples.flatMap((config) => fieldsIn(schemaOf(config), config).map((field) => ({ ...field, config })));
  const textOf = ({ path }: Pick<Place, 'path'>) => pathText(path);

  /** True when it is refused for the field, or for something inside it. */
  const isRefused = ({ config, path }: Place, wrong: unknown): boolean => {
    const named = pathText(path);
    const { config: taken, problems } = checkPlugin(type, changed(config, path, wrong));
    return taken === null && problems.some((each) => each.path === named || isBehind(each.path, named));
  };

  it('that is right is taken, and all fields that the schema knows stand in one of those that follow', () => {
    for (const config of samples) expect(checkPlugin(type, config).problems).toEqual([]);
    const named = new Set(fields.map(({ path }) => path.map((part) => (typeof part === 'number' ? '.[]' : `.${part}`)).join('')));
    expect(namesIn(plugin.schema).filter((name) => !named.has(name))).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['a list in a list', [[]]],
    ['a list of objects that nobody knows', [{ unknownField: [] }]],
    ['an object that nobody knows', { unknownField: {} }],
    ['text without end', 'x'.repeat(70_000)],
    ['null', null],
  ])('is refused where a field is %s', (_, wrong) => {
    const taken = fields.filter((field) => !isRefused(field, wrong)).map(textOf);
    expect(taken.filter((path) => wrong !== null || !TAKES_NULL.test(`${type} ${path}`))).toEqual([]);
  });

  it('is refused where a number is none, or lies beyond its bounds', () => {
    const numbers = fields.filter((field) => typeof at(field) === 'number' && !field.schema.safeParse('x').success);
    for (const field of numbers) {
      const { minimum = 0, maximum = 0 } = boundsOf(field.schema);
      const wrong = ['x', '', 1.5, '1.5', -1_000_000, 1e300, true, minimum - 1, ...(maximum > 0 ? [maximum + 1] : [])];
      expect([textOf(field), ...wrong.filter((each) => !isRefused(field, each))]).toEqual([textOf(field)]);
    }
  });

  it('is refused where a list has no end', () => {
    const lists = fields.flatMap((field) => {
      const list = at(field);
      return Array.isArray(list) ? [{ field, endless: Array.from({ length: 20_001 }, (_, n) => list[n % list.length]) }] : [];
    });
    expect(lists.filter(({ field, endless }) => !isRefused(field, endless)).map(({ field }) => textOf(field))).toEqual([]);
  });

  it('is refused without a field that must be there', () => {
    const required = fields.filter(
      ({ path, schema, isEntry }) => typeof path.at(-1) === 'string' && !isEntry && !schema.safeParse(undefined).success,
    );
    expect(required.filter((field) => !isRefused(field, undefined)).map(textOf)).toEqual([]);
  });

  it('is refused with a field that nobody knows, wherever it stands', () => {
    const whole = samples.map((config): Place => ({ config, path: [], schema: schemaOf(config) }));
    const objects = [...whole, ...fields].filter((place) => isObject(at(place)) && isClosed(place.schema));
    expect(objects.length).toBeGreaterThan(0);
    for (const { config, path } of objects)
      for (const name of ['unknownField', 'constructor', 'Type', '__proto__']) {
        const { problems } = checkPlugin(type, changed(config, [...path, name], 1));
        expect(problems).toContainEqual({ path: pathText([...path, name]), message: 'is not a known field' });
      }
  });

  it('is refused by a value and not by an exception, whatever JSON stands wherever', () => {
    fc.assert(
      fc.property(fc.nat(fields.length - 1), fc.jsonValue({ maxDepth: 3 }), (n, value) => {
        const field = fields[n]!;
        const { config, problems, summary } = reviewPlugin(type, changed(field.config, field.path, value));
        expect(problems.length > 0).toBe(config === null);
        expect(summary.length > 0).toBe(config !== null);
        if (!field.schema.safeParse(value).success) expect(isRefused(field, value)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

function at({ config, path }: Pick<Place, 'config' | 'path'>): unknown {
  return path.reduce<unknown>((holder, part) => (holder as Record<string | number, unknown>)[part], config);
}

/** A copy with another value at a place; undefined: without it. */
function changed(config: Config, path: Place['path'], value: unknown): Config {
  const copy = structuredClone(config);
  const last = path.at(-1) ?? '';
  const holder = at({ config: copy, path: path.slice(0, -1) }) as Record<string | number, unknown>;
  if (value === undefined) delete holder[last];
  // Assigning would not make a field of `__proto__`.
  else Object.defineProperty(holder, last, { value, enumerable: true, configurable: true, writable: true });
  return copy;
}

function pathText(path: Place['path']): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');
}

function isBehind(path: string, named: string): boolean {
  return path.startsWith(`${named}.`) || path.startsWith(`${named}[`);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
