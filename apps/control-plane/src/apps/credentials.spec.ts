import { expect, it } from '@jest/globals';
import { isAppId, newAppId } from './app-id.js';
import { APP_CODE, APP_KEY, APP_SECRET, newAppCode, newAppKey, newAppSecret } from './credentials.js';

it('makes keys of 9 digits, secrets of 32 letters and digits, AppCodes of 32 hexadecimal digits, and ids below 2^53', () => {
  for (let n = 0; n < 200; n++) {
    expect(newAppKey()).toMatch(/^[1-9][0-9]{8}$/);
    expect(newAppSecret()).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(newAppCode()).toMatch(/^[0-9a-f]{32}$/);
    expect(isAppId(newAppId())).toBe(true);
  }
});

it('makes no two alike', () => {
  expect(new Set(Array.from({ length: 200 }, newAppSecret)).size).toBe(200);
});

it('takes the ids, keys, AppCodes and secrets that clients bring, within their limits', () => {
  expect(['1', '9007199254740991'].every(isAppId)).toBe(true);
  expect(['0', '01', '9007199254740992', '-1', '1e3', '', '1 '].some(isAppId)).toBe(false);
  expect(['a', 'A.b-c_9', 'x'.repeat(64)].every((key) => APP_KEY.test(key))).toBe(true);
  expect(['', 'a b', 'ä', 'x'.repeat(65), 'a\n'].some((key) => APP_KEY.test(key))).toBe(false);
  expect(['a', 'A.b-c_9', 'x'.repeat(128)].every((code) => APP_CODE.test(code))).toBe(true);
  expect(['', 'a b', 'ä', 'x'.repeat(129), 'a\n'].some((code) => APP_CODE.test(code))).toBe(false);
  expect(['s', 'pässwörd !', '😀'.repeat(128)].every((secret) => APP_SECRET.test(secret))).toBe(true);
  expect(['', 'a\u0000', 'a\u007f', 'x'.repeat(129), '\ud800'].some((secret) => APP_SECRET.test(secret))).toBe(false);
});
