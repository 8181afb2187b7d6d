/** What APIs have in common is compiled once, and never mixed up. */
import { expect, it } from '@jest/globals';
import { shared } from './shared.js';

let made = 0;
const make = () => ({ number: ++made });

it('equal descriptions of a kind give one piece, others give their own', () => {
  const piece = shared('kind', [['a'], { b: 1 }], make);
  expect(shared('kind', [['a'], { b: 1 }], make)).toBe(piece);
  for (const [kind, of] of [
    ['other', [['a'], { b: 1 }]],
    ['kind', [['a'], { b: 2 }]],
    ['kind', ['a', { b: 1 }]],
  ] as const)
    expect(shared(kind, of, make)).not.toBe(piece);
});

it('a description that is too long to be common is not kept', () => {
  const long = 'x'.repeat(3000);
  expect(shared('kind', long, make)).not.toBe(shared('kind', long, make));
});

it('what nobody asks for any more is forgotten, and what is asked for is not', () => {
  const [often, once] = [shared('kept', 'often', make), shared('kept', 'once', make)];
  for (let n = 0; n < 20_000; n++) {
    shared('kept', n, make);
    if (n % 1000 === 0) expect(shared('kept', 'often', make)).toBe(often);
  }
  expect(shared('kept', 'once', make)).not.toBe(once);
});

it('what cannot be made is not kept, either', () => {
  const fail = () => {
    throw new Error('not made');
  };
  expect(() => shared('failing', 1, fail)).toThrow('not made');
  expect(shared('failing', 1, make)).toEqual({ number: made });
});
