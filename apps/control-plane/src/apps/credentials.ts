/** Keys, secrets and AppCodes that are made here (management model 2.7). */
import { randomBytes, randomInt } from 'node:crypto';

export const APP_KEY = /^[A-Za-z0-9._-]{1,64}$/;
export const APP_CODE = /^[A-Za-z0-9._-]{1,128}$/;
export const APP_SECRET = /^[^\p{Cc}\p{Cs}]{1,128}$/u;

const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const SECRET_LENGTH = 32;

/** 9 digits: a name, not a secret. */
export function newAppKey(): string {
  return String(randomInt(100_000_000, 1_000_000_000));
}

/** 32 letters and digits: 190 bits. */
export function newAppSecret(): string {
  return Array.from({ length: SECRET_LENGTH }, () => LETTERS_AND_DIGITS[randomInt(LETTERS_AND_DIGITS.length)]).join('');
}

/** 32 lower-case hexadecimal digits: 128 bits. */
export function newAppCode(): string {
  return randomBytes(16).toString('hex');
}
