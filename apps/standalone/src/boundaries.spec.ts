/** Imports point one way: `npm run check` fails on a violation, shown here by committing one of each kind in a copy. */
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const IMPORTS = 'lint/style/noRestrictedImports';
const ENVIRONMENT = 'lint/style/noProcessEnv';

const violations: Array<[file: string, line: string, rule: string]> = [
  ['libs/contract/src', "export { signer } from '@causeway/signature';", IMPORTS],
  ['libs/contract/src', "export { readFileSync } from 'node:fs';", IMPORTS],
  ['libs/signature/src', "export { z } from 'zod';", IMPORTS],
  ['libs/condition/src', "export { plugins } from '@causeway/plugins';", IMPORTS],
  ['libs/condition/src', "export { connect } from 'node:net';", IMPORTS],
  ['libs/snapshot/src', "export { compile } from '@causeway/engine';", IMPORTS],
  ['libs/plugins/src/kit', "export const client = await import('@redis/client');", IMPORTS],
  ['libs/plugins/src', "export { compile } from '@causeway/engine';", IMPORTS],
  ['libs/engine/src', "export { Pool } from 'undici';", IMPORTS],
  ['libs/engine/src', 'export const region = process.env.CAUSEWAY_REGION;', ENVIRONMENT],
  ['migrations/src', "export { Api } from '@causeway/control-plane';", IMPORTS],
  ['apps/data-plane/src', "export { Injectable } from '@nestjs/common';", IMPORTS],
  ['apps/data-plane/src/sync', "export { Client } from 'pg';", IMPORTS],
  ['apps/data-plane/src', "export { DataSource } from 'typeorm';", IMPORTS],
  ['apps/data-plane/src', 'export const region = process.env.CAUSEWAY_REGION;', ENVIRONMENT],
  ['apps/control-plane/src', "export { answer } from '@causeway/data-plane';", IMPORTS],
  ['apps/control-plane/src/http', 'export const region = process.env.CAUSEWAY_REGION;', ENVIRONMENT],
  ['apps/standalone/src', "export { DataSource } from 'typeorm';", IMPORTS],
];

const allowed: Array<[file: string, line: string]> = [
  ['libs/contract/src/allowed.ts', "export { z } from 'zod';\nexport { here } from './here.js';"],
  ['libs/condition/src/allowed.ts', "export { isIP } from 'node:net';"],
  ['libs/plugins/src/allowed.ts', "export { parse } from '@causeway/condition';"],
  ['apps/data-plane/src/config.ts', 'export const region = process.env.CAUSEWAY_REGION;'],
];

const root = fileURLToPath(new URL('../../../', import.meta.url));
const copy = mkdtempSync(join(tmpdir(), 'causeway-boundaries-'));
const fileOf = (index: number): string => join(violations[index]?.[0] ?? '', `violation-${index}.ts`);
let found: string[];

beforeAll(async () => {
  for (const file of ['biome.json', '.gitignore']) copyFileSync(join(root, file), join(copy, file));
  for (const [index, [, line]] of violations.entries()) write(fileOf(index), line);
  for (const [file, line] of allowed) write(file, line);
  found = await lint();
});
afterAll(() => rmSync(copy, { recursive: true }));

describe('the linter', () => {
  it.each(violations.map(([folder, line, rule], index) => [folder, line, rule, fileOf(index)]))(
    'refuses in %s: %s',
    (_folder, _line, rule, file) => expect(found).toContain(`${rule} ${file}`),
  );

  it.each(allowed)('allows in %s: %s', (file) => expect(found.filter((line) => line.endsWith(` ${file}`))).toEqual([]));
});

function write(file: string, text: string): void {
  mkdirSync(dirname(join(copy, file)), { recursive: true });
  writeFileSync(join(copy, file), `${text}\n`);
}

/** `<rule> <file>` for each complaint; the GitHub format names both on one line. Biome writes the path as seen from anywhere. */
function lint(): Promise<string[]> {
  return new Promise((resolve) => {
    const args = ['lint', '.', '--reporter=github', '--max-diagnostics=200'];
    execFile(join(root, 'node_modules', '.bin', 'biome'), args, { cwd: copy }, (_, stdout) => {
      resolve(
        [...stdout.matchAll(/title=([^,]+),file=([^,]+),/g)].map(
          ([, rule, file]) => `${rule} ${file?.split(basename(copy)).at(-1)?.replace(/^\//, '')}`,
        ),
      );
    });
  });
}
