import { parseCondition } from '@causeway/condition';
import { describe, expect, it } from '@jest/globals';
import { byHand, CONDITION, LENGTH, requests } from './long-condition.js';

describe('the long condition', () => {
  it('has the greatest length that is allowed', () => {
    expect(CONDITION).toHaveLength(LENGTH);
    expect(parseCondition(CONDITION)).toHaveProperty('ast');
    expect(parseCondition(`${CONDITION} `)).not.toHaveProperty('ast');
  });

  it('holds for many of the requests, and not for many', () => {
    const holding = requests(1000).filter(byHand).length;
    expect(holding).toBeGreaterThan(200);
    expect(holding).toBeLessThan(800);
  });
});
