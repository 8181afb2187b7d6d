/** Signs the request to the backend: as a client of another gateway API, or for a backend that verifies. */
// hot
import { randomUUID } from 'node:crypto';
import {
  contentMd5,
  FRONTEND_SIGNED_HEADERS,
  prepareSecret,
  type SignatureMethod,
  type SigningKey,
  signBackend,
  signFrontend,
} from '@causeway/signature';
import { z } from 'zod';
import type { Exchange } from './kit/exchange.js';
import { text } from './kit/fields.js';
import type { Outgoing } from './kit/outgoing.js';
import { type CompileContext, definePlugin, type Steps } from './kit/plugin.js';
import { wireToText } from './kit/values.js';

/** An id or a name of an app (management model 2.7). */
const APP = /^(?:[1-9][0-9]{0,15}|[A-Za-z\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]{3,25})$/;

const schema = z
  .strictObject({
    type: z.enum(['APIGW_FRONTEND', 'APIGW_BACKEND']),
    app: text(26)
      .pipe(z.string().regex(APP, 'must be the id or the name of an app'))
      .describe('id or name of an app of the account, in place of `key` and `secret`: its newest key pair signs')
      .optional(),
    key: text(128)
      .pipe(z.string().regex(/^[\x21-\x7e]+$/, 'must be visible ASCII characters'))
      .describe('required without `app`')
      .optional(),
    secret: text(256).pipe(z.string().min(1)).describe('required without `app`').optional(),
    signatureMethod: z.enum(['HmacSHA256', 'HmacSHA1']).default('HmacSHA256'),
  })
  .superRefine(exactlyOneForm, { when: ({ value }) => typeof value === 'object' && value !== null })
  .refine(({ type, signatureMethod }) => type === 'APIGW_FRONTEND' || signatureMethod === 'HmacSHA256', {
    path: ['signatureMethod'],
    error: 'must be HmacSHA256 with type APIGW_BACKEND',
  });

type KeyPairFields = { readonly app?: unknown; readonly key?: unknown; readonly secret?: unknown };

/** `app`, or `key` and `secret`. Looks although other fields may be wrong: all complaints come at once. */
function exactlyOneForm<T extends KeyPairFields>(config: T, context: z.core.$RefinementCtx<T>): void {
  const isNamed = config.app !== undefined;
  for (const field of ['key', 'secret'] as const) {
    if ((config[field] === undefined) === isNamed) continue;
    const message = isNamed ? 'must be left out beside app' : 'is required, or app in place of key and secret';
    context.addIssue({ code: 'custom', path: [field], message });
  }
}

export const backendSignature = definePlugin({
  type: 'backendSignature',
  description: 'Signs the request to the backend, so that another API of a gateway, or a backend that verifies, knows who calls.',
  schema,
  secretPaths: [['secret']],
  describe,
  appOf: ({ app }) => app ?? null,
  example: `type: APIGW_FRONTEND
# In place of key and secret, an app of the account, whose newest key pair then signs:
# app: test_app
key: TESTKEY
secret: TESTSECRET
signatureMethod: HmacSHA256
`,
  compile({ type, key, secret, signatureMethod }, context): Steps {
    if (key === undefined || secret === undefined) throw new Error('names an app, whose key pair is not here');
    const prepared = prepareSecret(secret);
    return type === 'APIGW_FRONTEND'
      ? { sign: frontendSigner(key, prepared, signatureMethod, context), trustsErrors: true }
      : { sign: backendSigner(key, prepared), needsBodyMd5: true };
  },
});

/** The gateway as a client of another gateway API (wire contract 8). */
function frontendSigner(key: string, secret: SigningKey, method: SignatureMethod, context: CompileContext) {
  return (_: Exchange, out: Outgoing): void => {
    const nonce = randomUUID();
    const timestampMs = context.now();
    const signature = signFrontend({
      method,
      key,
      secret,
      nonce,
      timestampMs,
      fields: {
        method: out.method,
        accept: out.accept ?? '',
        contentMd5: out.contentMd5 ?? '',
        contentType: out.contentType ?? '',
        date: out.date ?? '',
        path: out.path,
        query: out.query,
        form: out.form,
      },
    });
    out.headers.push(
      'X-Ca-Key',
      key,
      'X-Ca-Timestamp',
      String(timestampMs),
      'X-Ca-Nonce',
      nonce,
      'X-Ca-Signature-Method',
      method,
      'X-Ca-Signature-Headers',
      FRONTEND_SIGNED_HEADERS,
      'X-Ca-Signature',
      signature,
    );
  };
}

/** For a backend that verifies the vendor's published way (wire contract 7). */
function backendSigner(key: string, secret: SigningKey) {
  return (x: Exchange, out: Outgoing): void => {
    // Kept out of `out`: signing a second attempt takes the header away again.
    const digest = missingDigest(x, out);
    if (digest !== null) out.add('Content-MD5', digest);
    const headers: Array<readonly [string, string]> = [];
    for (const name of out.signedHeaders) headers.push([name, wireToText(out.get(name) ?? '')]);
    const { signature, signedHeaders } = signBackend(
      {
        method: out.method,
        contentMd5: wireToText(digest ?? out.contentMd5 ?? ''),
        headers,
        path: out.path,
        query: out.query,
        form: out.form,
      },
      key,
      secret,
    );
    out.headers.push(
      'X-Ca-Proxy-Signature-Secret-Key',
      key,
      'X-Ca-Proxy-Signature-Headers',
      signedHeaders,
      'X-Ca-Proxy-Signature',
      signature,
    );
  };
}

/** The digest that the gateway adds to a body which came without one (wire contract 7 rule 7). */
function missingDigest(x: Exchange, out: Outgoing): string | null {
  if (out.contentMd5 !== null || out.form !== null || (out.method !== 'POST' && out.method !== 'PUT')) return null;
  const body = out.body === 'as-received' ? (x.body?.buffered ?? null) : null;
  return body === null || body.length === 0 ? null : contentMd5(body);
}

function describe({ type, app, key, signatureMethod }: z.infer<typeof schema>): string[] {
  const pair = app === undefined ? `the key ${key}` : `the newest key pair of the app ${app}`;
  const whom = type === 'APIGW_FRONTEND' ? 'as a client of another gateway API' : 'for a backend that verifies';
  return [`Signs calls to the backend ${whom}, with ${pair} and ${signatureMethod}.`];
}
