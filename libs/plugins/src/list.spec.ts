/** The list checks itself: a plugin file that is not in it would never run. */

import { readdirSync, readFileSync } from 'node:fs';
import { PLUGIN_TYPES } from '@causeway/contract';
import { describe, expect, it } from '@jest/globals';
import { checkPlugin, pluginTypes, secretPathsOf } from './check.js';
import { findPlugin, orderOf, plugins } from './list.js';

const here = new URL('./', import.meta.url);
const sources = readdirSync(here).filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'));
const textOf = (name: string) => readFileSync(new URL(name, here), 'utf8');
const definitions = sources.filter((name) => /definePlugin\(/.test(textOf(name)));

describe('the list of plugins', () => {
  it('holds every file that defines one', () => {
    const imported = new Set([...textOf('list.ts').matchAll(/from '\.\/([\w-]+)\.js'/g)].map((match) => `${match[1]}.ts`));
    expect(definitions.filter((name) => !imported.has(name))).toEqual([]);
    expect(plugins).toHaveLength(definitions.length);
  });

  it('holds every type that an owner may have, each once, in the order in which they act', () => {
    const types = plugins.map(({ type }) => type);
    expect(types).toEqual(PLUGIN_TYPES);
    expect(types.map(orderOf)).toEqual([...types.keys()]);
  });

  it('names the file after the type', () => {
    const named = plugins.map(({ type }) => `${type.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.ts`);
    expect([...named].sort()).toEqual([...definitions].sort());
  });
});

describe.each(plugins.map(({ type }) => [type] as const))('the type %s', (type) => {
  it('describes itself, and its secrets are fields of its schema', () => {
    const shown = pluginTypes.find((each) => each.type === type);
    expect(shown?.description).toMatch(/\.$/);
    expect(shown?.example).not.toBe('');
    const properties = Object.keys((shown?.jsonSchema as { properties?: object } | undefined)?.properties ?? {});
    for (const [first] of secretPathsOf(type)) expect(properties).toContain(first);
  });

  it('refuses what is no configuration, without throwing', () => {
    for (const config of [null, undefined, 5, 'x', [], { __proto__: null, nothing: 1 }]) {
      const { config: kept, problems } = checkPlugin(type, config);
      expect(kept).toBeNull();
      expect(problems.length).toBeGreaterThan(0);
    }
  });
});

it('a type that nobody knows has no secrets, no place, and a complaint that names those there are', () => {
  expect(findPlugin('nothing')).toBeUndefined();
  expect(secretPathsOf('nothing')).toEqual([]);
  expect(checkPlugin('nothing', {})).toEqual({
    config: null,
    problems: [{ path: 'type', message: `must be one of ${plugins.map(({ type }) => type).join(', ')}` }],
    warnings: [],
  });
});
