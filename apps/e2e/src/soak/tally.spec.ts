import { expect, it } from '@jest/globals';
import type { Observed } from '../faults/kit/withstand.js';
import { problems, table } from './tally.js';

const calm: Observed = {
  fault: 'calm',
  requests: 10,
  failures: {},
  wrong: [],
  acknowledged: 3,
  refused: { '503 DatabaseUnavailable': 1 },
  slowestEditMs: 20,
  convergedMs: 5,
};

it('adds up what was observed', () => {
  const text = table({ observed: [calm, { ...calm, convergedMs: 9 }], samples: [] });
  expect(text).toMatch(/requests +20\n/);
  expect(text).toMatch(/edits refused +2 x 503 DatabaseUnavailable\n/);
  expect(text).toMatch(/slowest to converge +9 ms/);
});

it('finds nothing where nothing was wrong', () => {
  expect(problems({ observed: [calm], samples: [] })).toEqual([]);
});

it('names each wrong answer and each failure with its fault', () => {
  const bad: Observed = { ...calm, fault: 'storm', wrong: ['node 1 /slot0 is 3 after 4'], failures: { '503 X503BZ': 2 } };
  expect(problems({ observed: [calm, bad], samples: [] })).toEqual([
    'wrong answer while storm: node 1 /slot0 is 3 after 4',
    '2 failed while storm: 503 X503BZ',
  ]);
});
