/** Makes the string to sign of a request as it came, and compares signatures (wire contract 2.1 to 2.3 and 2.7). */
// hot
import { type Answer, type Exchange, refuse, wireToText } from '@causeway/plugins';
import {
  FRONTEND_SIGNED_HEADERS,
  frontendBytesToSign,
  frontendStringToSign,
  gatewayHeadersBlock,
  headersBlock,
  renderStringToSign,
  type SignatureMethod,
  verifySignature,
} from '@causeway/signature';
import type { Credential } from './authenticate.js';

/** The request's X-Ca-Signature and X-Ca-Signature-Method must have been looked at. */
export function checkSignature(x: Exchange, { secret, previous }: Credential): Answer | undefined {
  const { head } = x;
  const method = (head.signatureMethod ?? 'HmacSHA256') as SignatureMethod;
  // Values as they are, one character per byte, hold for ASCII, the common case: one look at the whole block tells.
  const { signatureHeaders: list } = head;
  const block =
    list === FRONTEND_SIGNED_HEADERS
      ? gatewayHeadersBlock(head.key!, head.nonce ?? '', head.signatureMethod ?? '', head.timestamp ?? '')
      : headersBlock(list, (name) => head.get(name));
  const isPlain = !NOT_ASCII.test(block);
  const signedBlock = isPlain ? block : headersBlock(textOf(list), (name) => textOf(head.get(name)));
  const text = frontendStringToSign(
    {
      method: x.method,
      accept: textOf(head.accept) ?? '',
      contentMd5: textOf(head.contentMd5) ?? '',
      contentType: textOf(head.contentType) ?? '',
      date: textOf(head.date) ?? '',
      path: x.path,
      query: x.query,
      form: x.form,
    },
    signedBlock,
  );
  // Bytes that are no UTF-8 have no text: many spell the same one, so what was signed is the bytes.
  const bytes = text.includes(REPLACEMENT) ? bytesToSign(x, block) : null;
  const given = head.signature!;
  let right = verifySignature(method, secret, bytes ?? text, given, bytes !== null);
  if (previous !== null && previous.untilMs > x.arrivedAtMs) {
    // Both are always computed, so that time does not tell which one it was.
    const before = verifySignature(method, previous.secret, bytes ?? text, given, bytes !== null);
    right = right || before;
  }
  return right ? undefined : refuse('A403IS', { StringToSign: renderStringToSign(text) });
}

const NOT_ASCII = /[^\u0000-\u007f]/;
const REPLACEMENT = '\ufffd';

function textOf(value: string | null): string | null {
  return value === null ? null : wireToText(value);
}

function bytesToSign({ head, method, path, query, form }: Exchange, block: string): string {
  const { accept, contentMd5, contentType, date } = head;
  const headers = { accept: accept ?? '', contentMd5: contentMd5 ?? '', contentType: contentType ?? '', date: date ?? '' };
  return frontendBytesToSign({ ...headers, method, path, query, form }, block);
}
