/** docs/metrics.md names every metric that the code has, and no other. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from './root.js';
import { sourceFiles } from './source-files.js';

const page = readFileSync(join(ROOT, 'docs/metrics.md'), 'utf8');

describe.each([
  ['Control plane', 'apps/control-plane/src'],
  ['Data plane', 'apps/data-plane/src'],
])('%s', (heading, folder) => {
  const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const told = [...section.matchAll(/^\| `(causeway_\w+)(?:\{[\w,]+\})?` \|/gm)].map(([, name]) => name!);
  const files = sourceFiles(folder, ['.ts']).filter((file) => !file.endsWith('.spec.ts'));
  const made = files.flatMap((file) =>
    [...readFileSync(join(ROOT, file), 'utf8').matchAll(/'(causeway_\w*[a-z])'/g)].map(([, name]) => name!),
  );

  it('has what the page says of it', () => {
    expect(told.length).toBeGreaterThan(10);
    expect(told.filter((name) => !made.includes(name))).toEqual([]);
    expect(told.filter((name, at) => told.indexOf(name) !== at)).toEqual([]);
  });

  it('has nothing that the page does not tell', () => {
    expect([...new Set(made)].filter((name) => !told.includes(name))).toEqual([]);
  });
});
