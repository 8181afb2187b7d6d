/** Sends claims of a token to the backend as parameters (plugins, section 5.4). */
// hot
import { type ConditionValue, textOf } from '@causeway/condition';
import { FORM_TYPE, isForm } from '@causeway/contract';
import { z } from 'zod';
import { type Answer, refuse } from './kit/answer.js';
import { encodeUnreserved, wireText } from './kit/encode.js';
import type { Exchange } from './kit/exchange.js';
import { OwnHeaderName, text } from './kit/fields.js';
import { formOf, rebuildForm } from './kit/form-change.js';
import type { Outgoing } from './kit/outgoing.js';
import type { PathParameter, Steps } from './kit/plugin.js';
import { overlaid, withoutNames } from './kit/query.js';

const UNFIT_FOR_HEADER = /[\u0000-\u0008\u000a-\u001f\u007f]/;

export const ClaimParameter = z
  .strictObject({
    claimName: text(128).pipe(z.string().min(1)),
    parameterName: text(128).pipe(z.string().min(1)),
    location: z.preprocess(
      (value) => (typeof value === 'string' && value.toLowerCase() === 'formdata' ? 'formData' : lowerCase(value)),
      z.enum(['query', 'header', 'path', 'formData']),
    ),
  })
  .superRefine(({ location, parameterName }, context) => {
    const found = location === 'header' ? OwnHeaderName.safeParse(parameterName) : null;
    for (const issue of found?.error?.issues ?? [])
      context.addIssue({ code: 'custom', path: ['parameterName'], message: issue.message });
  });

export type ClaimParameter = z.infer<typeof ClaimParameter>;

function lowerCase(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

/** Claims as conditions see them: lists and objects as JSON text. @throws RangeError when one is nested too deeply */
export function claimValues(claims: Readonly<Record<string, unknown>>): ReadonlyMap<string, ConditionValue> {
  return new Map(
    Object.entries(claims).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as ConditionValue),
    ]),
  );
}

function claimText(claims: Exchange['claims'], name: string): string | null {
  const value = claims?.get(name) ?? null;
  return value === null ? null : textOf(value);
}

/** Claims that cannot be sent where they are to go, before anything is sent. */
export function claimsCheck(
  parameters: readonly ClaimParameter[],
): (x: Exchange, claims: Exchange['claims']) => Answer | undefined {
  const headers = parameters.filter(({ location }) => location === 'header');
  const form = parameters.some(({ location }) => location === 'formData');
  return (x, claims) => {
    for (const { claimName, parameterName } of headers) {
      const value = claimText(claims, claimName);
      if (value !== null && UNFIT_FOR_HEADER.test(value))
        return refuse('I400IP', { ParameterName: parameterName, Reason: 'holds a control character' });
    }
    // In what cannot be read a client could send parameters of the same names.
    if (form && x.body !== null && isForm(x.head.contentType)) {
      const encoding = x.head.get('content-encoding');
      if (encoding !== null && encoding.trim().toLowerCase() !== 'identity')
        return refuse('I400CT', { Reason: 'the body must not be compressed' });
    }
    return undefined;
  };
}

/**
 * After mapping: what is there under the name of a claim goes, whether the token has the claim or not, so that nobody can send
 * for himself what is to come from a token.
 */
export function claimsMapper(parameters: readonly ClaimParameter[]): Steps['mapped'] {
  const at = (place: ClaimParameter['location']) =>
    parameters
      .filter(({ location }) => location === place)
      .map(({ claimName, parameterName: name }) => ({
        claimName,
        name,
        lower: name.toLowerCase(),
        encoded: encodeUnreserved(name),
      }));
  const [headers, query, form] = [at('header'), at('query'), at('formData')];
  if (headers.length + query.length + form.length === 0) return undefined;
  const queryNames = new Set(query.map(({ name }) => name));
  const formNames = new Set(form.map(({ name }) => name));
  return (x, out) => {
    for (const { claimName, name, lower } of headers) {
      const value = claimText(x.claims, claimName);
      if (value === null) out.unset(name);
      else {
        out.set(name, wireText(value));
        out.coverBySignature(lower);
      }
    }
    if (query.length > 0) out.query = withPairs(out.query, queryNames, pairsOf(query, x));
    if (form.length > 0) changeForm(x, out, formNames, pairsOf(form, x).replaceAll('%20', '+'));
  };
}

function pairsOf(named: ReadonlyArray<{ claimName: string; encoded: string }>, { claims }: Exchange): string {
  let pairs = '';
  for (const { claimName, encoded } of named) {
    const value = claimText(claims, claimName);
    if (value !== null) pairs += `${pairs === '' ? '' : '&'}${encoded}=${encodeUnreserved(value)}`;
  }
  return pairs;
}

function withPairs(encoded: string, names: ReadonlySet<string>, pairs: string): string {
  const kept = withoutNames(encoded, names);
  return pairs === '' ? kept : overlaid(kept, pairs);
}

/** A form comes about where there is none only if there is something to say, and the method has a place for it. */
function changeForm(x: Exchange, out: Outgoing, names: ReadonlySet<string>, pairs: string): void {
  const form = formOf(x, out);
  if (form !== null) {
    const changed = withPairs(form, names, pairs);
    if (changed !== form) rebuildForm(out, changed);
  } else if (x.body === null && pairs !== '' && out.method !== 'GET' && out.method !== 'HEAD') {
    rebuildForm(out, pairs);
    if (!isForm(out.contentType)) out.set('Content-Type', FORM_TYPE);
  }
}

/** Values of placeholders of the backend's path; null: the call cannot be made. */
export function claimsInPath(parameters: readonly ClaimParameter[]): PathParameter[] {
  return parameters
    .filter(({ location }) => location === 'path')
    .map(({ claimName, parameterName }) => ({
      name: parameterName,
      key: claimName,
      value: (x) => claimText(x.claims, claimName) || null,
    }));
}
