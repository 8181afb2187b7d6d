/** Signs a request as a client of the gateway does (wire contract 2), written apart from the gateway's own code. */
import { createHmac } from 'node:crypto';

export interface SignedGet {
  readonly headers: Record<string, string>;
  readonly stringToSign: string;
}

/** A GET without a body, HmacSHA256, with `X-Ca-Key` as the one signed header. `target` has its query sorted already. */
export function signGet(target: string, key: string, secret: string): SignedGet {
  const stringToSign = ['GET', '', '', '', '', `X-Ca-Key:${key}`, target].join('\n');
  return {
    stringToSign,
    headers: {
      'X-Ca-Key': key,
      'X-Ca-Signature-Headers': 'X-Ca-Key',
      'X-Ca-Signature': createHmac('sha256', secret).update(stringToSign).digest('base64'),
    },
  };
}
