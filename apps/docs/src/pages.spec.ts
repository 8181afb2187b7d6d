/** The references say what the code says. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Values } from '@causeway/control-plane/config';
import { Settings } from '@causeway/data-plane/config';
import { describe, expect, it } from '@jest/globals';
import { jsonSchemaOf } from './json-schema.js';
import { PAGES } from './pages.js';
import { ROOT } from './root.js';

describe('the references', () => {
  it.each(Object.entries(PAGES))('hold what the code says now (`npm run docs` writes %s)', (path, make) => {
    expect(readFileSync(join(ROOT, path), 'utf8')).toBe(make());
  });

  it('are all there is in their folder', () => {
    const files = readdirSync(join(ROOT, 'docs/reference')).map((file) => `docs/reference/${file}`);
    const made = Object.keys(PAGES).filter((path) => path.startsWith('docs/reference/'));
    expect(files.sort()).toEqual(made.sort());
  });

  it.each([
    ['the control plane', Values],
    ['the data plane', Settings],
  ])('have a meaning for every setting of %s', (_, schema) => {
    const settings = Object.entries(jsonSchemaOf(schema, 'input').properties ?? {});
    expect(settings.filter(([, { description }]) => description === undefined).map(([name]) => name)).toEqual([]);
  });
});
