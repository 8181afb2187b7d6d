/** Every row keeps the rules of its table, and every code is one that something raises or that waits for its feature. */

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ERROR_TABLE, type ErrorCode, type ErrorRow } from './error-table.js';

/** Codes of features that are not there yet. Whoever adds the feature takes its codes from here. */
const LATER: Readonly<Record<string, readonly ErrorCode[]>> = {
  vpc: ['A403VN'],
};

const rows = Object.entries(ERROR_TABLE) as [ErrorCode, ErrorRow][];
const root = new URL('../../../', import.meta.url);

/** The texts of everything that may refuse a request. */
function sources(): string[] {
  const folders = ['apps/data-plane/src/', 'libs/engine/src/', 'libs/plugins/src/'];
  return folders.flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts') && !name.includes('testing/'))
      .map((name) => readFileSync(new URL(folder + name, root), 'utf8')),
  );
}

describe.each(rows)('the code %s', (code, { status, message, fault, when }) => {
  it('has its status in its digits, and a letter that says whose doing it is', () => {
    expect(code).toMatch(/^[IASTDNX][1-5][0-9]{2}[A-Z0-9]{2}$/);
    expect(status).toBe(Number(code.slice(1, 4)));
    if (code.startsWith('D')) expect(fault).toBe('backend');
    if (code.startsWith('X')) expect(fault).toBe('gateway');
    if (/^[ASTN]/.test(code)) expect(fault).toBe('client');
  });

  it('says in one line what is wrong and when', () => {
    expect(message).toMatch(/^[\x20-\x7e]+$/);
    expect(message.replaceAll(/\$\{[A-Za-z]+\}/g, '')).not.toMatch(/[${}]/);
    expect(when).toMatch(/^[\x20-\x7e]{10,}$/);
  });
});

describe('the table', () => {
  const texts = sources();
  const raised = rows.map(([code]) => code).filter((code) => texts.some((text) => text.includes(`'${code}'`)));
  const later = Object.values(LATER).flat();

  it('holds no code that nothing raises, unless its feature is still to come', () => {
    const unknown = rows.map(([code]) => code).filter((code) => !raised.includes(code) && !later.includes(code));
    expect(unknown).toEqual([]);
  });

  it('calls no code later that is raised already', () => {
    expect(later.filter((code) => raised.includes(code))).toEqual([]);
  });

  it('has every mark of a message filled where it is raised', () => {
    const bare = texts.flatMap((text) => [...text.matchAll(/refuse\('(\w+)'\)/g)].map((match) => match[1] as ErrorCode));
    expect(bare.length).toBeGreaterThan(10);
    expect(bare.filter((code) => ERROR_TABLE[code].message.includes('${'))).toEqual([]);
  });

  it('is used by every call that refuses', () => {
    const named = texts.flatMap((text) => [...text.matchAll(/refuse\('(\w+)'/g)].map((match) => match[1] as string));
    expect(named.filter((code) => !(code in ERROR_TABLE))).toEqual([]);
  });
});
