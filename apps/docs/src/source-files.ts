/** Files of the repository that people write, by the ends of their names. */
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from './root.js';

const NOT_WRITTEN = /^(?:node_modules|dist|coverage|bench-results)$|^\.(?!ci$)/;

/** @returns paths from the root, sorted */
export function sourceFiles(folder: string, ends: readonly string[]): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .flatMap((entry) => {
      if (NOT_WRITTEN.test(entry.name)) return [];
      const path = relative(ROOT, join(ROOT, folder, entry.name));
      if (entry.isDirectory()) return sourceFiles(path, ends);
      return ends.some((end) => entry.name.endsWith(end)) ? [path] : [];
    })
    .sort();
}
