/** Which Content-Types are urlencoded forms. */

import { expect, it } from '@jest/globals';
import { FORM_TYPE, isForm } from './form.js';

it.each([FORM_TYPE, 'application/x-www-form-urlencoded', ' Application/X-WWW-Form-Urlencoded ;charset=gbk'])(
  '%s is one',
  (type) => {
    expect(isForm(type)).toBe(true);
  },
);

it.each([
  null,
  '',
  'application/x-www-form-urlencoded2',
  'multipart/form-data; boundary=x',
  'text/plain, application/x-www-form-urlencoded',
])('%s is none', (type) => {
  expect(isForm(type)).toBe(false);
});
