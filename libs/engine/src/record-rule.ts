/** What the access log shows of the requests of an API: what its group asks for, masked, and never a credential (management model 2.17). */
import type { GroupChunk, UserLog } from '@causeway/contract';
import {
  type CredentialPlace,
  HIDDEN_HEADERS,
  type MaskBody,
  type MaskText,
  type RecordMask,
  type Steps,
  UNLOGGED_HEADERS,
} from '@causeway/plugins';
import { shared } from './shared.js';

/** Null: the log has nothing of that name. @param name of headers in lower case */
export type Show = (name: string, value: string) => string | null;

/** @param isCut true when the text is the beginning of a longer one */
export type ShowBody = (text: string, isCut: boolean) => string | null;

export interface RecordRule {
  /** Null, here and below: none of them. */
  readonly query: Show | null;
  readonly requestHeaders: Show | null;
  readonly responseHeaders: Show | null;
  readonly claims: Show | null;
  readonly requestBody: ShowBody | null;
  readonly responseBody: ShowBody | null;
  /** Of X-Ca-Nonce. */
  readonly nonce: (value: string) => string | null;
  /** Where the client says what stands as `customTraceId`; of a header in lower case. */
  readonly trace: {
    readonly in: 'header' | 'query';
    readonly name: string;
    readonly show: (value: string) => string | null;
  } | null;
}

/** Of an API that is broken: what would mask its values may be what is missing. */
export const NOTHING_SHOWN: RecordRule = {
  query: null,
  requestHeaders: null,
  responseHeaders: null,
  claims: null,
  requestBody: null,
  responseBody: null,
  nonce: () => null,
  trace: null,
};

/** Stands in place of a credential. */
const HIDDEN = '******';

const HIDDEN_QUERY = ['appcode'];

const UNLOGGED: ReadonlySet<string> = new Set(UNLOGGED_HEADERS);

type Group = Pick<GroupChunk, 'userLog' | 'customTrace' | 'appCode'>;

/** Null: the group asks for nothing, and nothing masks what every line says. */
export function recordRule({ userLog, customTrace, appCode }: Group, plugins: readonly Steps[]): RecordRule | null {
  const masks = plugins.flatMap(({ mask }) => mask ?? []);
  if (userLog === undefined && customTrace === undefined && masks.length === 0) return null;
  const credentials = plugins.flatMap((each) => each.credentials ?? []);
  const make = () => compile({ userLog, customTrace, appCode }, credentials, masks[0] ?? NO_MASK);
  return masks.length > 0 ? make() : shared('record', [userLog, customTrace, appCode, credentials], make);
}

const NO_MASK: RecordMask = {
  requestHeaders: new Map(),
  responseHeaders: new Map(),
  query: new Map(),
  claims: new Map(),
  requestBody: null,
  responseBody: null,
};

const NOTHING_LOGGED: UserLog = {
  requestBody: false,
  responseBody: false,
  queryString: [],
  requestHeaders: [],
  responseHeaders: [],
  jwtClaims: [],
};

function compile(
  { userLog = NOTHING_LOGGED, customTrace, appCode }: Group,
  credentials: readonly CredentialPlace[],
  mask: RecordMask,
): RecordRule {
  const { in: place, name } = appCode;
  const places = place === null || name === null ? credentials : [...credentials, { in: place, name }];
  const named = (kind: CredentialPlace['in']) => places.filter((each) => each.in === kind).map((each) => lowerCase(each.name));
  const headers = new Set([...HIDDEN_HEADERS, ...named('header')]);
  const query = new Set([...HIDDEN_QUERY, ...named('query')]);
  const isHiddenHeader = (name: string) => headers.has(name);
  const isHiddenQuery = (name: string) => query.has(lowerCase(name));
  return {
    query: showing(userLog.queryString, isHiddenQuery, mask.query),
    requestHeaders: showingHeaders(userLog.requestHeaders, isHiddenHeader, mask.requestHeaders),
    responseHeaders: showingHeaders(userLog.responseHeaders, isHiddenHeader, mask.responseHeaders),
    claims: showing(userLog.jwtClaims, () => false, mask.claims),
    requestBody: userLog.requestBody ? masked(mask.requestBody) : null,
    responseBody: userLog.responseBody ? masked(mask.responseBody) : null,
    nonce: showText(mask.requestHeaders.get('x-ca-nonce')),
    trace: traceRule(customTrace, isHiddenHeader, isHiddenQuery, mask),
  };
}

const lowerCase = (name: string) => name.toLowerCase();

function showingHeaders(
  names: readonly string[],
  isHidden: (name: string) => boolean,
  masks: ReadonlyMap<string, MaskText>,
): Show | null {
  const show = showing(names.map(lowerCase), isHidden, masks);
  return show === null ? null : (name, value) => (UNLOGGED.has(name) ? null : show(name, value));
}

function showing(
  names: readonly string[],
  isHidden: (name: string) => boolean,
  masks: ReadonlyMap<string, MaskText>,
): Show | null {
  if (names.length === 0) return null;
  const wanted = new Set(names);
  const all = wanted.has('*');
  const shows = new Map([...masks].map(([name, mask]) => [name, showText(mask)] as const));
  return (name, value) => {
    if (!all && !wanted.has(name)) return null;
    if (isHidden(name)) return HIDDEN;
    const show = shows.get(name);
    return show === undefined ? value : show(value);
  };
}

function showText(mask: MaskText | undefined): (value: string) => string | null {
  const show = masked(mask ?? null);
  return (value) => show(value, false);
}

/** What a mask fails at is not shown at all. */
function masked(mask: MaskBody | null): ShowBody {
  if (mask === null) return (value) => value;
  return (value, isCut) => {
    try {
      return mask(value, isCut);
    } catch {
      return null;
    }
  };
}

function traceRule(
  at: Group['customTrace'],
  isHiddenHeader: (name: string) => boolean,
  isHiddenQuery: (name: string) => boolean,
  { requestHeaders, query }: RecordMask,
): RecordRule['trace'] {
  if (at === undefined) return null;
  const inHeader = at.in === 'header';
  const name = inHeader ? lowerCase(at.name) : at.name;
  if (inHeader ? isHiddenHeader(name) || UNLOGGED.has(name) : isHiddenQuery(name)) return null;
  return { in: at.in, name, show: showText((inHeader ? requestHeaders : query).get(name)) };
}
