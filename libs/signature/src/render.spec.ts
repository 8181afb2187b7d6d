/** The string to sign in an error message. */
import { expect, it } from '@jest/globals';
import { renderStringToSign } from './render.js';

it('shows a line feed as #, other control characters as ? and leaves the rest', () => {
  expect(renderStringToSign('GET\n\n/p?a=x\r\ty\u0000\u007f\u0085`é杭#')).toBe('GET##/p?a=x??y???`é杭#');
});
