/** The choice among groups of a host against a plain reading of the rule, on generated paths. */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { baseLength, HostBindings } from './host-bindings.js';
import type { HostBinding } from './host-table.js';

const segment = fc.constantFrom('', 'a', 'b', 'ab', 'v1');
const bases = fc.uniqueArray(
  fc.array(segment, { maxLength: 3 }).map((texts) => texts.map((text) => `/${text}`).join('')),
  { minLength: 1, maxLength: 6 },
);
/** Segments as clients may write them; `a%2Fb` holds a slash that is no border. */
const wire = fc.constantFrom('', 'a', '%61', 'b', 'ab', 'a%62', 'v1', '%761', 'a%2Fb', 'x');
const paths = fc.array(wire, { minLength: 1, maxLength: 5 }).map((texts) => texts.map((text) => `/${text}`).join(''));

const bind = (basePath: string, at: number): HostBinding => ({
  domain: 'x.com',
  group: { id: String(at), basePath, ownStages: new Set(), stages: new Map() },
  stage: null,
  patterns: null,
});

it('the longest base path whose segments are those that the path starts with wins', () => {
  fc.assert(
    fc.property(bases, paths, (all, path) => {
      const segments = path.slice(1).split('/').map(decodeURIComponent);
      const fitting = all.filter((base) => {
        const own = base === '' ? [] : base.slice(1).split('/');
        return own.length <= segments.length && own.every((text, at) => text === segments[at]);
      });
      const expected = fitting.sort((a, b) => b.split('/').length - a.split('/').length)[0];
      const found = new HostBindings(all.map(bind)).find(path)?.group.basePath;
      expect(found).toBe(expected);
      if (found === undefined) return;
      const rest = path.slice(baseLength(path, found));
      expect(rest === '' || rest.startsWith('/')).toBe(true);
      expect(rest.split('/').length + found.split('/').length).toBe(path.split('/').length + 1);
    }),
    { numRuns: 3000 },
  );
});
