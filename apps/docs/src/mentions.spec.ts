/** Files and commands that the documents name exist. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from './root.js';
import { sourceFiles } from './source-files.js';

const documents = sourceFiles('.', ['.md']);
const files = sourceFiles('.', ['']);
/** A name starting with `x.` stands for many. */
const FILE = /^(?!(?:.*\/)?x\.)[\w@][\w@.-]*(?:\/[\w@.-]+)*\.(?:ts|mjs|md|json|ya?ml|sh|lua|conf)$/;
const IN_THE_TREE = /^(?!.*\/x\.)(?:apps|libs|docs|migrations|\.ci)\/[\w@./-]*$/;

describe.each(documents)('%s', (document) => {
  const text = readFileSync(join(ROOT, document), 'utf8');

  it('names files that exist', () => {
    const prose = text.replace(/^```.*?^```/gms, '');
    const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map((found) => found[1]!);
    const paths = spans.filter((span) => FILE.test(span) || IN_THE_TREE.test(span)).filter((path) => !path.includes('/dist/'));
    expect(paths.filter((path) => !isThere(document, path))).toEqual([]);
  });

  it('links to files that exist', () => {
    const links = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((found) => found[1]!);
    const inside = links.filter((link) => !/^[a-z]+:/.test(link));
    expect(inside.filter((link) => !existsSync(join(ROOT, dirname(document), link)))).toEqual([]);
  });

  it('names commands that exist', () => {
    const scripts = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts as Record<string, string>;
    const named = [...text.matchAll(/\bnpm (?:run )?(?:--\S+ )*([a-z][\w:-]*)/g)].map((found) => found[1]!);
    const own = named.filter((name) => !/^(?:ci|install|command|says)$/.test(name));
    expect(own.filter((name) => !(name in scripts))).toEqual([]);
  });
});

/** From the root, from the document's folder or its sources; or the end of a path, as in `src/config.ts` of each app. */
function isThere(document: string, path: string): boolean {
  const folders = ['', dirname(document), join(dirname(document), 'src')];
  return folders.some((folder) => existsSync(join(ROOT, folder, path))) || files.some((file) => file.endsWith(`/${path}`));
}
