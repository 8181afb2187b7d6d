/** `npm run docs`: writes the references. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PAGES } from './pages.js';
import { ROOT } from './root.js';

for (const [path, make] of Object.entries(PAGES)) {
  const file = join(ROOT, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, make());
  console.log(`wrote ${path}`);
}
