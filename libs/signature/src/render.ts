/** Shows a string to sign in a header value. */
// hot

/**
 * The text between the backticks of the A403IS message (wire contract 2.7): LF as `#`, every other control character as `?`
 * (C1 included: they are control characters to a terminal), the rest unchanged. Non-ASCII is left for the caller to send as
 * UTF-8 bytes.
 */
export function renderStringToSign(stringToSign: string): string {
  return stringToSign.replaceAll('\n', '#').replace(OTHER_CONTROLS, '?');
}

const OTHER_CONTROLS = /[\u0000-\u001f\u007f-\u009f]/g;
