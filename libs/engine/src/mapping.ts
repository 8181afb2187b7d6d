/** Turns the client's request into the one that leaves, by the API's request mode (wire contract 4.2, 4.6 and 5). */
// hot
import { type ApiDefinition, type ApiParameter, FORM_TYPE, isForm } from '@causeway/contract';
import {
  type Answer,
  type Exchange,
  encodeUnreserved,
  Outgoing,
  overlaid,
  refuse,
  systemValue,
  wireText,
  withoutNames,
} from '@causeway/plugins';
import { type AppCodeRule, removeAppCode, withoutAppCode } from './app-code.js';
import type { Backend, ContentTypeRule } from './backend.js';
import { copyClientHeaders, headerRule } from './client-headers.js';
import { arrayValues } from './parameters.js';

export type CallableBackend = Extract<Backend, { path: unknown }>;

/** Makes the request for a backend, without the gateway's own headers and signature. */
export type Mapper = (x: Exchange, backend: CallableBackend) => Outgoing | Answer;

interface Target {
  readonly name: string;
  /** The name as a query or form has it. */
  readonly encoded: string;
  readonly lower: string;
  readonly in: 'query' | 'header' | 'form';
  readonly read: (x: Exchange) => string | null;
  /** All values of an Array, of which `read` gives the first; null for what has one only. */
  readonly readAll: ((x: Exchange) => readonly string[]) | null;
}

const UNFIT_FOR_HEADER = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/** @param appCode where the API takes AppCodes from, which are not the backend's to see (wire contract 3 rule 7); null: nowhere */
export function compileMapper(
  definition: ApiDefinition,
  passthroughHeaders: readonly string[],
  appCode: AppCodeRule | null = null,
): Mapper {
  const { mode, bodyFormat } = definition.request;
  const mapping = mode === 'MAPPING';
  const targets = allTargets(definition);
  const headerTargets = orNone(targets.filter((each) => each.in === 'header'));
  const pairTargets = orNone(targets.filter((each) => each.in !== 'header'));
  const declared = (place: string) => definition.parameters.filter((each) => each.in === place).map((each) => each.name);
  const written = (place: string) => targets.filter((each) => each.in === place).map((each) => each.name);
  const hidden = appCode === null || appCode.keepForBackend ? null : appCode;
  const keptCode = hidden === null && appCode !== null ? appCode.header : null;
  const rule = headerRule(!mapping, passthroughHeaders, declared('header'), written('header'), keptCode);
  const passesHost = passthroughHeaders.some((name) => name.toLowerCase() === 'host');
  // What the gateway writes is never the client's to say, not even where the gateway has no value for it.
  const ownQuery = new Set([...declared('query'), ...written('query')]);
  const ownForm = new Set([...declared('form'), ...written('form')]);
  const makesForm = ownForm.size > 0;

  return (x, backend) => {
    const path = typeof backend.path === 'string' ? backend.path : backend.path(x);
    if (path === null) return refuse('I504RB', { Reason: 'a path placeholder has no value' });
    const method = backend.method ?? x.method;
    const host = hostFor(x, backend, passesHost);
    const out = new Outgoing(method, path, '', host);
    const form = x.body !== null && isForm(x.head.contentType);
    if (mapping && bodyFormat === 'FORM' && x.body !== null && !form && x.body.length !== 0)
      return refuse('I400CT', { Reason: 'the body must be urlencoded' });

    const keepsForm = form && !mapping && makesForm;
    const kept = keepsForm ? withoutNames(x.form ?? '', ownForm) : '';
    let query = mapping ? '' : withoutNames(x.query, ownQuery);
    if (hidden !== null && hidden.query !== null) query = withoutAppCode(query, hidden.query);
    let fields = keepsForm ? encodeRaw(kept) : '';
    let added = false;
    for (let n = 0; n < pairTargets.length; n++) {
      const target = pairTargets[n]!;
      const value = target.read(x);
      if (value === null) continue;
      if (target.in === 'query') query = appendTo(query, target, value, x, encodeUnreserved);
      else {
        fields = appendTo(fields, target, value, x, encodeForForm);
        added = true;
      }
    }
    out.query = x.routeQuery === '' ? query : overlaid(query, x.routeQuery);

    if (x.body === null) {
      // A form comes about only where there is something to say, and where the method has a place for it.
      if (added && method !== 'GET' && method !== 'HEAD') out.body = 'rebuilt';
    } else if (method !== x.method && (method === 'GET' || method === 'HEAD')) out.body = 'none';
    else if (mapping ? form && bodyFormat !== 'STREAM' : keepsForm && (added || kept !== x.form)) out.body = 'rebuilt';
    else out.body = 'as-received';
    if (out.body === 'rebuilt') out.form = fields;
    else if (form && out.body === 'as-received') out.form = x.form;

    copyClientHeaders(x, out, rule, out.body === 'as-received');
    if (hidden !== null) removeAppCode(out, hidden);
    for (let n = 0; n < headerTargets.length; n++) {
      const target = headerTargets[n]!;
      const value = target.read(x);
      if (value === null) continue;
      const unfit = setHeader(x, out, target, value);
      if (unfit !== null) return unfit;
    }
    if (out.contentType === null) {
      out.contentType = contentType(x, out, backend.contentType);
      if (out.contentType !== null) out.headers.push('Content-Type', out.contentType);
    }
    return out;
  };
}

/** An internal domain is called by its own name, whatever port or client name there is. */
function hostFor(x: Exchange, { kind, address }: CallableBackend, passesHost: boolean): string {
  if (kind === 'internal') return address.host;
  return passesHost ? (x.head.host ?? address.hostHeader) : address.hostHeader;
}

/** One empty list for all APIs stays in the processor's caches. */
function orNone(targets: readonly Target[]): readonly Target[] {
  return targets.length === 0 ? NO_TARGETS : targets;
}

const NO_TARGETS: readonly Target[] = [];

/** Nothing unchecked reaches the client library: a header that it refuses would cost a connection (wire contract 4.6 rule 6). */
function setHeader(x: Exchange, out: Outgoing, target: Target, first: string): Answer | null {
  if (UNFIT_FOR_HEADER.test(first)) return unfitForHeader(target);
  out.set(target.name, wireText(first));
  out.coverBySignature(target.lower);
  if (target.readAll === null) return null;
  const values = target.readAll(x);
  for (let n = 1; n < values.length; n++) {
    if (UNFIT_FOR_HEADER.test(values[n]!)) return unfitForHeader(target);
    out.add(target.name, wireText(values[n]!));
  }
  return null;
}

function unfitForHeader({ name }: Target): Answer {
  return refuse('I400IP', { ParameterName: name, Reason: 'holds a control character' });
}

/** The pairs with `name=value` behind them, for each value of an Array. */
function appendTo(pairs: string, target: Target, first: string, x: Exchange, encode: (text: string) => string): string {
  const { encoded, readAll } = target;
  if (readAll === null) return append(pairs, encoded, encode(first));
  let all = pairs;
  for (const value of readAll(x)) all = append(all, encoded, encode(value));
  return all;
}

/** What is sent under a name of its own; constants and system parameters come last and so win (wire contract 4.6 rule 7). */
function allTargets(definition: ApiDefinition): readonly Target[] {
  const fixed: Target[] = [];
  for (const { name, in: place, value } of definition.constants)
    if (place !== 'path') fixed.push(target(name, place, () => value));
  for (const { name, in: place, parameter } of definition.system)
    if (place !== 'path') fixed.push(target(name, place, (x) => systemValue(x, parameter)));
  const taken = new Set(fixed.map(placeOf));
  const mapped = definition.parameters.flatMap((parameter) => {
    const { name: front, backend } = parameter;
    if (backend.in === 'path') return [];
    const read = (x: Exchange) => x.parameters?.get(front) ?? null;
    const each = target(backend.name, backend.in, read, parameter);
    return taken.has(placeOf(each)) ? [] : [each];
  });
  return [...mapped, ...fixed];
}

function target(name: string, place: Target['in'], read: Target['read'], parameter?: ApiParameter): Target {
  const readAll = parameter?.type === 'Array' ? arrayValues(parameter) : null;
  return { name, encoded: encodeUnreserved(name), lower: name.toLowerCase(), in: place, read, readAll };
}

function placeOf({ in: place, name, lower }: Target): string {
  return `${place} ${place === 'header' ? lower : name}`;
}

function encodeForForm(text: string): string {
  return encodeUnreserved(text).replaceAll('%20', '+');
}

/** A client may send its form's text unencoded; one that is made anew is ASCII. */
function encodeRaw(form: string): string {
  return form.replace(/[^\u0000-\u007f]+/g, encodeURIComponent);
}

function append(pairs: string, name: string, value: string): string {
  return pairs === '' ? `${name}=${value}` : `${pairs}&${name}=${value}`;
}

/** What the gateway writes itself is UTF-8. */
const OTHER_CHARSET = /;\s*charset\s*=\s*"?(?!utf-?8\b)[^\s;"]/i;

/** The Content-Type that is sent (wire contract 5.5). */
function contentType(x: Exchange, out: Outgoing, rule: ContentTypeRule): string | null {
  if (rule.category === 'CUSTOM') return rule.value;
  const given = x.head.contentType;
  if (rule.category === 'CLIENT') return out.body === 'rebuilt' && OTHER_CHARSET.test(given ?? '') ? FORM_TYPE : given;
  if (out.body === 'rebuilt') return FORM_TYPE;
  return given ?? rule.value ?? (out.body === 'none' ? FORM_TYPE : 'application/octet-stream');
}
