/** Proves which application calls, by its signature, and that it may (wire contract 2.6). */
// hot
import { type Answer, type Caller, type Exchange, refuse, wireToText } from '@causeway/plugins';
import {
  FRONTEND_SIGNED_HEADERS,
  frontendStringToSign,
  gatewayHeadersBlock,
  headersBlock,
  renderStringToSign,
  type SignatureMethod,
  type SigningKey,
  verifySignature,
} from '@causeway/signature';

/** A key pair and what its application may call. */
export interface Credential extends Caller {
  readonly secret: SigningKey;
  readonly disabled: boolean;
  /** `grantKey` of API and stage -> expiry in ms since 1970; Infinity: never. */
  readonly grants: ReadonlyMap<string, number>;
}

/** `fresh`: it may pass; `used`: it was seen before; `unavailable`: the store cannot tell, and a guess is not good enough. */
export type NonceOutcome = 'fresh' | 'used' | 'unavailable';

/** Remembers which nonces were used. */
export interface NonceStore {
  /**
   * Asks and records in one step, so that of two equal requests only one passes. Called after the signature proved right.
   *
   * @param untilMs how long to remember it, wall clock; at most 30 minutes ahead
   * @param forced the API insists on nonces (ForceNonceCheck)
   */
  use(appKey: string, nonce: string, untilMs: number, forced: boolean): NonceOutcome | Promise<NonceOutcome>;
}

export interface AuthRule {
  readonly methods: readonly SignatureMethod[];
  readonly forceNonce: boolean;
  readonly grantKey: string;
}

export function grantKey(apiId: string, stage: string): string {
  return `${apiId}/${stage}`;
}

/** How far X-Ca-Timestamp may be from the gateway's clock, and how long a nonce is kept, ms. */
const WINDOW_MS = 15 * 60_000;
const MAX_NONCE_LENGTH = 128;

export function authenticate(
  x: Exchange,
  rule: AuthRule,
  credentials: ReadonlyMap<string, Credential>,
  nonces: NonceStore,
): Answer | undefined | Promise<Answer | undefined> {
  const { head } = x;
  const { key } = head;
  if (head.repeated !== null) return refuse('I400HD', { HeaderName: head.repeated, Reason: 'on several lines' });
  if (key === null || key === '') return refuse('A400MA');
  const credential = credentials.get(key);
  if (credential === undefined || credential.disabled) return refuse('A400IK');
  if (head.signature === null) return refuse('I400MH', { HeaderName: 'X-Ca-Signature' });
  const method = signatureMethod(head.signatureMethod, rule);
  if (method === null) return refuse('I400HD', { HeaderName: 'X-Ca-Signature-Method', Reason: 'not allowed' });
  const untilMs = x.arrivedAtMs + WINDOW_MS;
  const late = checkTimestamp(head.timestamp, x.arrivedAtMs);
  if (late !== undefined) return late;
  const unfit = checkNonce(x, rule);
  if (unfit !== undefined) return unfit;
  const refused = checkSignature(x, method, credential.secret);
  if (refused !== undefined) return refused;
  if (head.nonce !== null && x.parent === null) {
    const keepUntilMs = head.timestamp === null ? untilMs : Math.max(untilMs, Number(head.timestamp) + WINDOW_MS);
    const outcome = nonces.use(key, head.nonce, keepUntilMs, rule.forceNonce);
    if (outcome instanceof Promise) return outcome.then((known) => refuseNonce(known) ?? admit(x, rule, credential));
    const spent = refuseNonce(outcome);
    if (spent !== undefined) return spent;
  }
  return admit(x, rule, credential);
}

function refuseNonce(outcome: NonceOutcome): Answer | undefined {
  if (outcome === 'fresh') return undefined;
  return refuse(outcome === 'used' ? 'S403NU' : 'X503BZ');
}

function signatureMethod(given: string | null, rule: AuthRule): SignatureMethod | null {
  const method = given ?? 'HmacSHA256';
  if (method !== 'HmacSHA256' && method !== 'HmacSHA1') return null;
  return rule.methods.includes(method) ? method : null;
}

function checkTimestamp(timestamp: string | null, nowMs: number): Answer | undefined {
  if (timestamp === null) return undefined;
  if (!/^[0-9]{1,16}$/.test(timestamp)) return refuse('I400HD', { HeaderName: 'X-Ca-Timestamp', Reason: 'not Unix time in ms' });
  return Math.abs(Number(timestamp) - nowMs) > WINDOW_MS ? refuse('S403TE') : undefined;
}

/** Form and presence; whether it was used is asked after the signature proved right. */
function checkNonce({ head }: Exchange, { forceNonce }: AuthRule): Answer | undefined {
  if (head.nonce !== null && head.nonce.length > MAX_NONCE_LENGTH)
    return refuse('I400HD', { HeaderName: 'X-Ca-Nonce', Reason: `longer than ${MAX_NONCE_LENGTH} characters` });
  if (!forceNonce) return undefined;
  const signed = new Set((head.signatureHeaders ?? '').split(',').map((name) => name.trim().toLowerCase()));
  if (head.nonce === null || !signed.has('x-ca-nonce')) return refuse('I400NC');
  if (head.timestamp === null || !signed.has('x-ca-timestamp')) return refuse('I400MH', { HeaderName: 'X-Ca-Timestamp' });
  return undefined;
}

function checkSignature(x: Exchange, method: SignatureMethod, secret: SigningKey): Answer | undefined {
  const { head } = x;
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
  if (verifySignature(method, secret, text, head.signature!)) return undefined;
  return refuse('A403IS', { StringToSign: renderStringToSign(text) });
}

const NOT_ASCII = /[^\u0000-\u007f]/;

function textOf(value: string | null): string | null {
  return value === null ? null : wireToText(value);
}

function admit(x: Exchange, rule: AuthRule, credential: Credential): Answer | undefined {
  const expiresAtMs = credential.grants.get(rule.grantKey);
  if (expiresAtMs === undefined) return refuse('I403AA');
  if (expiresAtMs <= x.arrivedAtMs) return refuse('A403EP');
  x.caller = credential;
  return undefined;
}
