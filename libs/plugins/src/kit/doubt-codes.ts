/** Every code of a doubt about a configuration, with what it says. */

export const DOUBT_CODES = {
  'admits-everybody': 'no caller is kept out',
  'always-holds': 'the condition holds whatever comes',
  'any-origin-with-credentials': 'any page may call with the credentials of whoever looks at it',
  'constant-comparison': 'a comparison in a condition comes out alike for every request, as `Random() < 50` does',
  contained: 'another item of the list says all of it',
  'host-bits': 'an address with a prefix that leaves out a part of it',
  'limit-never-bites': 'another limit is always reached before, or at the same time',
  'mixed-operators': 'a chain of a condition mixes operators without parentheses',
  'more-doubts': 'the first 100 are told',
  'never-holds': 'the condition holds for no request',
  'never-reached': 'no request comes so far: what stands before it always decides',
  'no-duration': 'nothing says how long answers are kept whose backend does not say it',
  'no-effect': 'it changes nothing, whatever comes',
  'one-verdict-for-all': 'what was found out about one caller holds for all',
  overridden: 'something else always takes its place',
  'plain-key-address': 'keys come over plain http, which is for internal domains only',
  'refuses-everybody': 'no caller is let in',
  'replay-after-expiry': 'a token may be used again when it has expired',
  undone: 'what it takes away is put back',
  'unknown-variable': 'a variable of a condition that never has a value',
  'unused-parameter': 'nothing reads the variable',
} as const;

export type DoubtCode = keyof typeof DOUBT_CODES;
