/** A refusal is a row of the error table with its marks filled, fit for a header. */

import { ERROR_TABLE, type ErrorCode } from '@causeway/contract';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { refuse } from './answer.js';

const text = (message: string | null) => Buffer.from(message ?? '', 'latin1').toString('utf8');

describe('a refusal', () => {
  it.each(Object.keys(ERROR_TABLE) as ErrorCode[])('%s has its code, its status and an empty body', (code) => {
    const names = [...ERROR_TABLE[code].message.matchAll(/\$\{(\w+)\}/g)].map((match) => match[1] as string);
    const answer = refuse(code, Object.fromEntries(names.map((name) => [name, `<${name}>`])));
    expect(answer).toMatchObject({ errorCode: code, headers: [], body: null, close: false });
    expect(answer.status).toBe(Number(code.slice(1, 4)));
    for (const name of names) expect(answer.errorMessage).toContain(`<${name}>`);
    expect(answer.errorMessage).not.toContain('${');
  });

  it('leaves out what nobody gave, and takes values as they are', () => {
    expect(refuse('I400IP', { ParameterName: '$&${Reason}$1' }).errorMessage).toBe('Invalid Parameter `$&${Reason}$1`');
  });

  it('shows control characters as ?, and other text as bytes of UTF-8', () => {
    const { errorMessage } = refuse('I400RU', { Reason: 'a\r\nb\u0000\u007f\té' });
    expect(errorMessage).toBe('Invalid Request Uri `a??b???\u00c3\u00a9`');
  });

  it('has at most 8192 bytes of message, cut between characters', () => {
    const row = 'Invalid Request Path ``'.length;
    expect(refuse('I400PA', { Reason: 'x'.repeat(8192 - row) }).errorMessage).not.toContain('...');
    const cut = refuse('I400PA', { Reason: 'x'.repeat(8192 - row + 1) }).errorMessage;
    expect([cut?.length, cut?.endsWith('x...')]).toEqual([8192, true]);
    for (const character of ['é', '€', '😀'])
      for (const shift of ['', 'x', 'xx', 'xxx']) {
        const message = refuse('I400PA', { Reason: shift + character.repeat(9000) }).errorMessage as string;
        expect(message.length).toBeLessThanOrEqual(8192);
        expect(message.length).toBeGreaterThan(8192 - 4);
        expect(text(message)).toMatch(/[^\ufffd]\.\.\.$/u);
        expect(text(message)).not.toContain('\ufffd');
      }
  });

  it('never breaks out of its header line, whatever it is told', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (reason) => {
        expect(refuse('I400BD', { Reason: reason }).errorMessage).toMatch(/^[\u0020-\u007e\u0080-\u00ff]*$/);
      }),
    );
  });
});
