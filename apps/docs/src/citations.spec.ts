/** What the code cites stands in docs/. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { citationsIn } from './citations.js';
import { ROOT } from './root.js';
import { sectionsOf } from './sections.js';
import { sourceFiles } from './source-files.js';

const files = ['apps', 'libs', 'migrations', 'docs'].flatMap((folder) =>
  sourceFiles(folder, ['.ts', '.mjs', '.md', '.sh', '.lua', '.yaml']),
);
const cited = files
  .filter((file) => !file.startsWith('apps/docs/'))
  .flatMap((file) => citationsIn(read(file)).map((citation) => ({ file, ...citation })));

describe('the citations in the code', () => {
  it('lead to sections and rules that exist', () => {
    const pages = new Map([...new Set(cited.map(({ page }) => page))].map((page) => [page, sectionsOf(read(page))]));
    const missing = cited.flatMap(({ file, page, section, rules }) => {
      const known = pages.get(page)?.get(section);
      if (known === undefined) return [`${file}: ${page} has no section ${section}`];
      return rules.filter((rule) => !known.has(rule)).map((rule) => `${file}: ${page} ${section} has no rule ${rule}`);
    });
    expect(missing).toEqual([]);
  });

  it('are found at all, of every page', () => {
    expect([...new Set(cited.map(({ page }) => page))].sort()).toEqual([
      'docs/conditions.md',
      'docs/management.md',
      'docs/plugins.md',
      'docs/snapshots.md',
      'docs/wire-contract.md',
    ]);
    expect(cited.length).toBeGreaterThan(100);
  });
});

describe('a citation', () => {
  it.each([
    ['(wire contract 1.4 and 1.5)', ['1.4', '1.5']],
    ['(wire contract 4.2, 4.6 and 5).', ['4.2', '4.6', '5']],
    ['(wire\n * contract 2.3, 7 rule 6)', ['2.3', '7 rule 6']],
    ['wire contract 5.2 row 1 and 5.3', ['5.2 rule 1', '5.3']],
    ['Wire contract 2.5, nonce rules 3 and 4a', ['2.5 rule 3 4a']],
    ['(conditions, section 7 and section 1 rule 4)', ['7', '1 rule 4']],
    ['conditions, section 6 rules 1, 2 and 4 to 7. `!=`', ['6 rule 1 2 4 5 6 7']],
    ['(management model 2.6, check 8)', ['2.6 rule 8']],
    ['snapshots, "Following"', ['Following']],
  ])('is read: %s', (text, expected) => {
    const found = citationsIn(text).map(({ section, rules }) =>
      [section, ...(rules.length > 0 ? ['rule', ...rules] : [])].join(' '),
    );
    expect(found).toEqual(expected);
  });
});

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}
