/** Proves which application calls, by its signature or its AppCode, and that it may (wire contract 2.6 and 3). */
// hot
import { Answer, type Caller, type Exchange, refuse } from '@causeway/plugins';
import { contentMd5, type SignatureMethod, type SigningKey } from '@causeway/signature';
import { type AppCodeRule, appCodeDigest, readAppCode } from './app-code.js';
import { checkSignature } from './check-signature.js';

/** An application as one of its credentials shows it. */
interface Application extends Caller {
  readonly disabled: boolean;
  /** `grantKey` of API and stage -> expiry in ms since 1970; Infinity: never. */
  readonly grants: ReadonlyMap<string, number>;
}

/** A key pair and what its application may call. */
export interface Credential extends Application {
  readonly key: string;
  readonly secret: SigningKey;
  /** The secret before the last rotation, and when it ends, ms since 1970. */
  readonly previous: { readonly secret: SigningKey; readonly untilMs: number } | null;
}

/** An AppCode's application: there is no key. */
export interface AppCodeHolder extends Application {
  readonly key: null;
}

/** Everybody who may call; a part of a program. */
export interface Callers {
  /** AppKey -> who it is. */
  readonly credentials: Lookup<Credential>;
  /** `appCodeDigest` -> whose it is. */
  readonly appCodes: Lookup<AppCodeHolder>;
}

interface Lookup<T> {
  get(key: string): T | undefined;
}

/** Who a request says it comes from, before that is proven. */
export type Claim = Credential | AppCodeHolder;

/** `fresh`: it may pass; `used`: it was seen before; `unavailable`: the store cannot tell, and a guess is not good enough. */
export type NonceOutcome = 'fresh' | 'used' | 'unavailable';

/** Remembers which nonces were used. */
export interface NonceStore {
  /**
   * Asks and records in one step, so that of two equal requests only one passes. Called after the signature proved right.
   *
   * @param untilMs how long to remember it, wall clock; a nonce for 30 minutes at most
   * @param forced the API insists on nonces (ForceNonceCheck)
   */
  use(appKey: string, nonce: string, untilMs: number, forced: boolean): NonceOutcome | Promise<NonceOutcome>;
}

export interface AuthRule {
  readonly methods: readonly SignatureMethod[];
  readonly forceNonce: boolean;
  readonly grantKey: string;
  /** Null: no AppCode opens this API, and none is looked for. */
  readonly appCode: AppCodeRule | null;
}

export function grantKey(apiId: string, stage: string): string {
  return `${apiId}/${stage}`;
}

/** How far X-Ca-Timestamp may be from the gateway's clock, and how long a nonce is kept, ms. */
const WINDOW_MS = 15 * 60_000;
const MAX_NONCE_LENGTH = 128;

/** All steps of wire contract 2.6, for a request whose body need not be read for it. */
export function authenticate(
  x: Exchange,
  rule: AuthRule,
  callers: Callers,
  nonces: NonceStore,
): Answer | undefined | Promise<Answer | undefined> {
  const claim = claimOf(x, rule, callers);
  if (claim instanceof Answer) return claim;
  return prove(x, claim) ?? bindBody(x, claim) ?? allow(x, rule, claim, nonces);
}

/** Steps 1 to 6: who it says it is, and whether what a signature needs is there. */
export function claimOf(x: Exchange, rule: AuthRule, callers: Callers): Claim | Answer {
  const { head } = x;
  const { key } = head;
  if (head.repeated !== null) return refuse('I400HD', { HeaderName: head.repeated, Reason: 'on several lines' });
  if (key === null || key === '') return rule.appCode === null ? refuse('A400MA') : holderOf(x, rule.appCode, callers);
  const credential = callers.credentials.get(key);
  if (credential === undefined || credential.disabled) return refuse('A400IK');
  if (head.signature === null) return refuse('I400MH', { HeaderName: 'X-Ca-Signature' });
  if (!rule.methods.includes((head.signatureMethod ?? 'HmacSHA256') as SignatureMethod))
    return refuse('I400HD', { HeaderName: 'X-Ca-Signature-Method', Reason: 'not allowed' });
  return checkTimestamp(head.timestamp, x.arrivedAtMs) ?? checkNonce(x, rule) ?? credential;
}

/** Step 8, in constant time. An AppCode is proof by itself. */
export function prove(x: Exchange, claim: Claim): Answer | undefined {
  return claim.key === null ? undefined : checkSignature(x, claim);
}

/**
 * Step 9: the Content-MD5 of a signed request against its body (wire contract 2.4). A body that is not here yet is bound to the
 * value: whoever reads it compares, before its end is passed on.
 */
export function bindBody(x: Exchange, claim: Claim): Answer | undefined {
  const signed = x.head.contentMd5;
  if (signed === null || signed === '' || claim.key === null) return undefined;
  const { body } = x;
  if (body === null || body.length === 0) return refuse('I400I5');
  if (body.buffered !== null)
    return body.buffered.length > 0 && contentMd5(body.buffered) === signed ? undefined : refuse('I400I5');
  // A caller in this process may have bound the same body: no body fits two values.
  if (body.contentMd5 !== null && body.contentMd5 !== signed) return refuse('I400I5');
  body.contentMd5 = signed;
  return undefined;
}

/** Steps 10 to 12: the nonce, then the grant. Sets `x.caller`. */
export function allow(
  x: Exchange,
  rule: AuthRule,
  claim: Claim,
  nonces: NonceStore,
): Answer | undefined | Promise<Answer | undefined> {
  const { nonce, timestamp } = x.head;
  if (nonce !== null && nonce !== '' && claim.key !== null && x.parent === null) {
    const untilMs = x.arrivedAtMs + WINDOW_MS;
    const keepUntilMs = timestamp === null ? untilMs : Math.max(untilMs, Number(timestamp) + WINDOW_MS);
    const outcome = nonces.use(claim.key, nonce, keepUntilMs, rule.forceNonce);
    if (outcome instanceof Promise) return outcome.then((known) => refuseNonce(known) ?? admit(x, rule, claim));
    const spent = refuseNonce(outcome);
    if (spent !== undefined) return spent;
  }
  return admit(x, rule, claim);
}

/** Looked up by digest: how long it takes tells nothing of any code. */
function holderOf(x: Exchange, rule: AppCodeRule, callers: Callers): AppCodeHolder | Answer {
  const code = readAppCode(x, rule);
  if (code === null) return refuse('A400MA');
  if (code instanceof Answer) return code;
  const holder = callers.appCodes.get(appCodeDigest(code));
  return holder === undefined || holder.disabled ? refuse('A400AC', { Reason: '(unknown or disabled)' }) : holder;
}

function refuseNonce(outcome: NonceOutcome): Answer | undefined {
  if (outcome === 'fresh') return undefined;
  return refuse(outcome === 'used' ? 'S403NU' : 'X503BZ');
}

function checkTimestamp(timestamp: string | null, nowMs: number): Answer | undefined {
  if (timestamp === null) return undefined;
  if (!/^[0-9]{1,16}$/.test(timestamp)) return refuse('I400HD', { HeaderName: 'X-Ca-Timestamp', Reason: 'not Unix time in ms' });
  return Math.abs(Number(timestamp) - nowMs) > WINDOW_MS ? refuse('S403TE') : undefined;
}

/** Form and presence; whether it was used is asked after the signature proved right. An empty one is none. */
function checkNonce({ head }: Exchange, { forceNonce }: AuthRule): Answer | undefined {
  if (head.nonce !== null && head.nonce.length > MAX_NONCE_LENGTH)
    return refuse('I400HD', { HeaderName: 'X-Ca-Nonce', Reason: `longer than ${MAX_NONCE_LENGTH} characters` });
  if (!forceNonce) return undefined;
  const signed = new Set((head.signatureHeaders ?? '').split(',').map((name) => name.trim().toLowerCase()));
  if (head.nonce === null || head.nonce === '' || !signed.has('x-ca-nonce')) return refuse('I400NC');
  if (head.timestamp === null || !signed.has('x-ca-timestamp')) return refuse('I400MH', { HeaderName: 'X-Ca-Timestamp' });
  return undefined;
}

function admit(x: Exchange, rule: AuthRule, claim: Claim): Answer | undefined {
  const expiresAtMs = claim.grants.get(rule.grantKey);
  if (expiresAtMs === undefined) return refuse('I403AA');
  if (expiresAtMs <= x.arrivedAtMs) return refuse('A403EP');
  x.caller = claim;
  return undefined;
}
