import { describe, expect, it } from '@jest/globals';
import { histogram } from './edits.js';

describe('the histogram of edits', () => {
  it('counts each value in the bucket whose upper bound it does not pass', () => {
    expect(histogram([10, 10.1, 6000])).toBe('p50 10.1  p90 6000.0  p99 6000.0  max 6000.0 ms  (to 10: 1, to 20: 1, more: 1)');
  });
});
