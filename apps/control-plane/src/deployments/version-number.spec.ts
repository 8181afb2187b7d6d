import { expect, it } from '@jest/globals';
import { nextVersion } from './version-number.js';

const now = new Date('2026-03-04T05:06:07.089Z');

it('is the time in UTC, to the millisecond', () => {
  expect(nextVersion(null, now)).toBe('20260304050607089');
  expect(nextVersion('20260304050607088', now)).toBe('20260304050607089');
});

it('rises within a millisecond, and when the clock was set back', () => {
  expect(nextVersion('20260304050607089', now)).toBe('20260304050607090');
  expect(nextVersion('20261231235959999', now)).toBe('20270101000000000');
});
