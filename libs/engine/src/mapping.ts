/** Turns the client's request into the one that leaves, by the API's request mode (wire contract 4.2, 4.6 and 5). */
// hot
import { type ApiDefinition, FORM_TYPE, isForm } from '@causeway/contract';
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

export type CallableBackend = Exclude<Backend, { kind: 'mock' }>;

/** Makes the request for a backend, without the gateway's own headers and signature. */
export type Mapper = (x: Exchange, backend: CallableBackend) => Outgoing | Answer;

interface Target {
  readonly name: string;
  /** The name as a query or form has it. */
  readonly encoded: string;
  readonly lower: string;
  readonly in: 'query' | 'header' | 'form';
  readonly read: (x: Exchange) => string | null;
}

const NO_ANY: readonly Target[] = [];
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
  const declared = (place: string) => definition.parameters.filter((each) => each.in === place).map((each) => each.name);
  const written = (place: string) => targets.filter((each) => each.in === place).map((each) => each.name);
  const hidden = appCode === null || appCode.keepForBackend ? null : appCode;
  const keptCode = hidden === null && appCode !== null ? appCode.header : null;
  const rule = headerRule(!mapping, passthroughHeaders, declared('header'), written('header'), keptCode);
  const passesHost = passthroughHeaders.some((name) => name.toLowerCase() === 'host');
  // What the gateway writes is never the client's to say, not even where the gateway has no value for it.
  const ownQuery = new Set([...declared('query'), ...written('query')]);
  const ownForm = new Set([...declared('form'), ...written('form')]);
  const rebuildsForm = ownForm.size > 0;

  return (x, backend) => {
    const path = typeof backend.path === 'string' ? backend.path : backend.path(x);
    if (path === null) return refuse('I504RB', { Reason: 'a path placeholder has no value' });
    const method = backend.method ?? x.method;
    const host = passesHost && backend.kind === 'http' ? (x.head.host ?? backend.hostHeader) : backend.hostHeader;
    const out = new Outgoing(method, path, '', host);
    const form = x.body !== null && isForm(x.head.contentType);
    if (x.body !== null) {
      if (mapping && bodyFormat === 'FORM' && !form && x.body.length !== 0)
        return refuse('I400CT', { Reason: 'the body must be urlencoded' });
      if (method !== x.method && (method === 'GET' || method === 'HEAD')) out.body = 'none';
      else if (mapping ? form && bodyFormat !== 'STREAM' : form && rebuildsForm) out.body = 'rebuilt';
      else out.body = 'as-received';
    } else if (rebuildsForm && method !== 'GET' && method !== 'HEAD') {
      out.body = 'rebuilt';
    }
    copyClientHeaders(x, out, rule, out.body === 'as-received');
    if (hidden !== null) removeAppCode(out, hidden);
    let query = mapping ? '' : withoutNames(x.query, ownQuery);
    if (hidden !== null && hidden.query !== null) query = withoutAppCode(query, hidden.query);
    let fields = out.body !== 'rebuilt' || mapping ? '' : encodeRaw(withoutNames(x.form ?? '', ownForm));
    for (const target of targets) {
      const value = target.read(x);
      if (value === null) continue;
      if (target.in === 'header') {
        if (UNFIT_FOR_HEADER.test(value))
          return refuse('I400IP', { ParameterName: target.name, Reason: 'holds a control character' });
        out.set(target.name, wireText(value));
        out.coverBySignature(target.lower);
      } else if (target.in === 'query') {
        query = append(query, target.encoded, encodeUnreserved(value));
      } else {
        fields = append(fields, target.encoded, encodeUnreserved(value).replaceAll('%20', '+'));
      }
    }
    out.query = x.routeQuery === '' ? query : overlaid(query, x.routeQuery);
    if (out.body === 'rebuilt') out.form = fields;
    else if (form && out.body === 'as-received') out.form = x.form;
    if (out.contentType === null) {
      out.contentType = contentType(x, out, backend.contentType);
      if (out.contentType !== null) out.headers.push('Content-Type', out.contentType);
    }
    return out;
  };
}

/** What is sent under a name of its own; constants and system parameters come last and so win (wire contract 4.6 rule 7). */
function allTargets(definition: ApiDefinition): readonly Target[] {
  const fixed: Target[] = [
    ...definition.constants.map(({ name, in: place, value }) => target(name, place, () => value)),
    ...definition.system.map(({ name, in: place, parameter }) => target(name, place, (x) => systemValue(x, parameter))),
  ];
  const taken = new Set(fixed.map((each) => `${each.in} ${each.in === 'header' ? each.lower : each.name}`));
  const mapped: Target[] = [];
  for (const { name: front, backend } of definition.parameters) {
    if (backend.in === 'path') continue;
    const each = target(backend.name, backend.in, (x) => x.parameters?.get(front) ?? null);
    if (!taken.has(`${each.in} ${each.in === 'header' ? each.lower : each.name}`)) mapped.push(each);
  }
  const all = [...mapped, ...fixed];
  return all.length === 0 ? NO_ANY : all;
}

function target(name: string, place: Target['in'], read: Target['read']): Target {
  return { name, encoded: encodeUnreserved(name), lower: name.toLowerCase(), in: place, read };
}

/** A client may send its form's text unencoded; one that is made anew is ASCII. */
function encodeRaw(form: string): string {
  return form.replace(/[^\u0000-\u007f]+/g, encodeURIComponent);
}

function append(pairs: string, name: string, value: string): string {
  return pairs === '' ? `${name}=${value}` : `${pairs}&${name}=${value}`;
}

/** The Content-Type that is sent (wire contract 5.5). */
function contentType(x: Exchange, out: Outgoing, rule: ContentTypeRule): string | null {
  if (rule.category === 'CUSTOM') return rule.value;
  if (rule.category === 'CLIENT') return x.head.contentType;
  if (out.body === 'rebuilt') return FORM_TYPE;
  return x.head.contentType ?? rule.value ?? (out.body === 'none' ? FORM_TYPE : 'application/octet-stream');
}
