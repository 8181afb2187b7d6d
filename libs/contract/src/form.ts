/** The media type of urlencoded forms. */

/** What the gateway writes when it makes a form, or when nothing is known of an absent body (wire contract 5.5). */
export const FORM_TYPE = 'application/x-www-form-urlencoded; charset=UTF-8';

const FORM = /^\s*application\/x-www-form-urlencoded\s*(?:;|$)/i;

/** True for a Content-Type of urlencoded forms, whatever its parameters. */
export function isForm(contentType: string | null): boolean {
  return contentType !== null && FORM.test(contentType);
}
