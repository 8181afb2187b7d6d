/** AppCodes: where they may come, what they are looked up by, and how they are kept from backends (wire contract 3). */
// hot
import { hash, randomBytes } from 'node:crypto';
import type { ApiDefinition, GroupChunk } from '@causeway/contract';
import { type Answer, type Exchange, type Outgoing, refuse, wireToText } from '@causeway/plugins';
import { decodeComponent } from '@causeway/signature';

/** Where an API takes AppCodes from, besides `Authorization: APPCODE <code>`. */
export interface AppCodeRule {
  /** Lower-case name of the header. */
  readonly header: string;
  /** Lower-case name of the query parameter, found in any letter case; null: none. */
  readonly query: string | null;
  /** Codes stay in the request that leaves. */
  readonly keepForBackend: boolean;
}

const DEFAULT_HEADER = 'x-ca-appcode';
const DEFAULT_QUERY = 'appcode';

/** What the API's `appCode` and the group's come to (wire contract 3 rules 3 and 4); null: no AppCode opens the API. */
export function appCodeRule(
  { auth, appCode }: Pick<ApiDefinition, 'auth' | 'appCode'>,
  { in: place, name, keepForBackend }: GroupChunk['appCode'],
): AppCodeRule | null {
  if (auth !== 'APP' || appCode === 'DISABLE' || (appCode === 'DEFAULT' && place === null)) return null;
  const inQuery = appCode === 'HEADER_QUERY' || (appCode === 'DEFAULT' && place === 'query');
  return {
    header: place === 'header' && name !== null ? name.toLowerCase() : DEFAULT_HEADER,
    query: !inQuery ? null : place === 'query' && name !== null ? name.toLowerCase() : DEFAULT_QUERY,
    keepForBackend,
  };
}

/** The code that a request shows, null when it shows none. A refusal when one of its headers stands on several lines. */
export function readAppCode({ head, query }: Exchange, rule: AppCodeRule): string | Answer | null {
  for (const name of ['authorization', rule.header]) {
    const at = head.names.indexOf(name);
    if (at >= 0 && head.names.indexOf(name, at + 1) >= 0)
      return refuse('I400HD', { HeaderName: name, Reason: 'on several lines' });
  }
  const code = schemeCode(head.get('authorization')) || head.get(rule.header);
  if (code) return wireToText(code);
  return rule.query === null ? null : queryCode(query, rule.query) || null;
}

/** So that whoever measures how long a look-up takes cannot choose what is looked up. */
const SECRET = randomBytes(16).toString('hex');

/** What an AppCode is looked up by in this process. */
export function appCodeDigest(code: string): string {
  return hash('sha256', SECRET + code, 'base64');
}

/** Takes codes out of a request that leaves; whether they were looked at or not, they are nobody's business there. */
export function removeAppCode(out: Outgoing, rule: AppCodeRule): void {
  if (schemeCode(out.get('authorization')) !== null) out.remove('authorization');
  if (rule.header !== 'authorization') out.remove(rule.header);
}

/** The query without its pairs of that name. @param lowerCaseName as in `AppCodeRule` */
export function withoutAppCode(query: string, lowerCaseName: string): string {
  if (query === '') return query;
  return query
    .split('&')
    .filter((pair) => !isNamed(pair, lowerCaseName))
    .join('&');
}

/** The code behind the scheme's name, in any letter case (RFC 9110 11.1); null for another scheme. */
function schemeCode(authorization: string | null): string | null {
  return authorization === null ? null : (/^appcode +(\S.*)$/i.exec(authorization)?.[1] ?? null);
}

function queryCode(query: string, lowerCaseName: string): string | null {
  for (const pair of query.split('&'))
    if (isNamed(pair, lowerCaseName)) return decodeComponent(pair.slice(pair.indexOf('=') + 1 || pair.length));
  return null;
}

function isNamed(pair: string, lowerCaseName: string): boolean {
  const equals = pair.indexOf('=');
  return decodeComponent(equals < 0 ? pair : pair.slice(0, equals)).toLowerCase() === lowerCaseName;
}
