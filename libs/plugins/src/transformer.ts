/** Adds, sets and removes parameters of the request to a backend, and headers and the status of its answer. */
// hot
import { z } from 'zod';
import type { Answer } from './kit/answer.js';
import { StatusCode } from './kit/answer-fields.js';
import { hasHeader, setHeaders, setStatus, stripHeaders } from './kit/change-answer.js';
import { encodeUnreserved, wireText } from './kit/encode.js';
import type { Exchange } from './kit/exchange.js';
import { FieldText, OwnHeaderName, text } from './kit/fields.js';
import { formOf, rebuildForm } from './kit/form-change.js';
import { HeaderNames } from './kit/header-names.js';
import type { Outgoing } from './kit/outgoing.js';
import { definePlugin, type Steps } from './kit/plugin.js';
import { firstValue, overlaid, withoutNames } from './kit/query.js';
import { transformerDoubts } from './transformer-doubts.js';
import { transformerSummary } from './transformer-summary.js';

const MAX_ITEMS = 64;

const Location = z.preprocess(
  (value) => (typeof value === 'string' ? value.toLowerCase() : value),
  z.enum(['header', 'query', 'form']),
);
const Name = text(128).pipe(z.string().min(1));
const Value = z.preprocess((value) => value ?? '', FieldText).describe('null and nothing are empty text');

const Place = z.strictObject({ name: Name, location: Location }).superRefine(fitForHeader);
const Parameter = z.strictObject({ name: Name, value: Value, location: Location }).superRefine(fitForHeader);
const Header = z.strictObject({ name: OwnHeaderName, value: Value });

/** In a header a name is a token, and none that the gateway writes itself. */
function fitForHeader<T extends { name: string; location: string }>({ name, location }: T, context: z.core.$RefinementCtx<T>) {
  if (location !== 'header') return;
  const found = OwnHeaderName.safeParse(name);
  if (!found.success) context.addIssue({ code: 'custom', path: ['name'], message: found.error.issues[0]!.message });
}

const schema = z
  .strictObject({
    removeRequestParameter: z.array(Place).max(MAX_ITEMS).optional(),
    putRequestParameter: z.array(Parameter).max(MAX_ITEMS).optional().describe('set, in place of all of the name'),
    addRequestParameterIfAbsent: z.array(Parameter).max(MAX_ITEMS).optional(),
    setResponseStatusCode: StatusCode.optional(),
    removeResponseHeader: z
      .array(z.strictObject({ name: OwnHeaderName }))
      .max(MAX_ITEMS)
      .optional(),
    putResponseHeader: z.array(Header).max(MAX_ITEMS).optional().describe('set, in place of all of the name'),
    addResponseHeaderIfAbsent: z.array(Header).max(MAX_ITEMS).optional(),
  })
  .refine((config) => Object.values(config).some((field) => field !== undefined), 'must say what to change');

export type TransformerConfig = z.infer<typeof schema>;
type Change = Pick<TransformerConfig, 'removeRequestParameter' | 'putRequestParameter' | 'addRequestParameterIfAbsent'>;

export const transformer = definePlugin({
  type: 'transformer',
  description: 'Adds, sets and removes headers, query and form parameters for the backend, and headers and status of its answer.',
  schema,
  secretPaths: [],
  example: `removeRequestParameter:
- name: debug
  location: query
putRequestParameter:
- name: X-Tenant
  value: blue
  location: header
addRequestParameterIfAbsent:
- name: pageSize
  value: 20
  location: query
removeResponseHeader:
- name: X-Powered-By
putResponseHeader:
- name: Cache-Control
  value: no-store
`,
  doubts: transformerDoubts,
  describe: transformerSummary,
  compile(config): Steps {
    const changes = [headerChange(config), queryChange(config), formChange(config)].filter((change) => change !== null);
    const respond = answerChange(config);
    return {
      ...(changes.length > 0 && { mapped: (x: Exchange, out: Outgoing) => changeAll(changes, x, out) }),
      ...(respond !== null && { response: respond }),
      needsForm: formChange(config) !== null,
    };
  },
});

type MappedChange = (x: Exchange, out: Outgoing) => void;

function changeAll(changes: readonly MappedChange[], x: Exchange, out: Outgoing): void {
  for (let n = 0; n < changes.length; n++) changes[n]!(x, out);
}

function headerChange(config: Change): MappedChange | null {
  const { remove, put, add } = of(config, 'header');
  if (remove.length + put.length + add.length === 0) return null;
  const puts = put.map(({ name, value }) => ({ name, value: wireText(value) }));
  const adds = add.map(({ name, value }) => ({ name, lower: name.toLowerCase(), value: wireText(value) }));
  return (_, out) => {
    for (const { name } of remove) out.unset(name);
    for (const { name, value } of puts) out.set(name, value);
    for (const { name, lower, value } of adds) if (out.get(lower) === null) out.set(name, value);
  };
}

function queryChange(config: Change): MappedChange | null {
  const change = pairsChange(of(config, 'query'), encodeUnreserved);
  if (change === null) return null;
  return (_, out) => {
    out.query = change(out.query);
  };
}

function formChange(config: Change): MappedChange | null {
  const change = pairsChange(of(config, 'form'), (value) => encodeUnreserved(value).replaceAll('%20', '+'));
  if (change === null) return null;
  return (x, out) => {
    const form = formOf(x, out);
    if (form === null) return;
    const changed = change(form);
    if (changed !== form) rebuildForm(out, changed);
  };
}

interface Items {
  readonly remove: ReadonlyArray<{ readonly name: string }>;
  readonly put: ReadonlyArray<{ readonly name: string; readonly value: string }>;
  readonly add: ReadonlyArray<{ readonly name: string; readonly value: string }>;
}

function of(config: Change, location: 'header' | 'query' | 'form'): Items {
  const here = (each: { readonly location: string }) => each.location === location;
  return {
    remove: (config.removeRequestParameter ?? []).filter(here),
    put: (config.putRequestParameter ?? []).filter(here),
    add: (config.addRequestParameterIfAbsent ?? []).filter(here),
  };
}

/** Over `a=1&b=2` text; null when there is nothing to change. */
function pairsChange({ remove, put, add }: Items, encode: (text: string) => string): ((encoded: string) => string) | null {
  if (remove.length + put.length + add.length === 0) return null;
  const removed = new Set(remove.map(({ name }) => name));
  const pairs = put.map((each) => `${encode(each.name)}=${encode(each.value)}`);
  const adds = add.map((each) => ({ name: each.name, pair: `${encode(each.name)}=${encode(each.value)}` }));
  return (encoded) => {
    let changed = withoutNames(encoded, removed);
    for (const pair of pairs) changed = overlaid(changed, pair);
    for (const { name, pair } of adds)
      if (firstValue(changed, name) === null) changed = changed === '' ? pair : `${changed}&${pair}`;
    return changed;
  };
}

/** Backends and MOCK only: what the gateway refuses stays as it is. */
function answerChange(config: TransformerConfig): ((x: Exchange, answer: Answer) => Answer) | null {
  const { setResponseStatusCode: status, removeResponseHeader: remove = [] } = config;
  const { putResponseHeader: put = [], addResponseHeaderIfAbsent: add = [] } = config;
  if (status === undefined && remove.length + put.length + add.length === 0) return null;
  const removed = new HeaderNames(remove.map(({ name }) => name));
  const pairs = put.flatMap(({ name, value }) => [name, wireText(value)]);
  const names = new HeaderNames(put.map(({ name }) => name));
  const adds = add.map(({ name, value }) => ({ name, lower: name.toLowerCase(), value: wireText(value) }));
  return (_, answer) => {
    if (!answer.fromBackend) return answer;
    if (status !== undefined) setStatus(answer, status);
    if (removed.size > 0) stripHeaders(answer.headers, removed);
    setHeaders(answer.headers, pairs, names);
    for (const { name, lower, value } of adds) if (!hasHeader(answer.headers, lower)) answer.headers.push(name, value);
    return answer;
  };
}
