/** What a group wants its log lines to show of requests and answers, as members of a JSON object (management model 2.17). */
// hot
import { isUtf8 } from 'node:buffer';
import { textOf } from '@causeway/condition';
import type { RecordRule, Show, ShowBody } from '@causeway/engine';
import { BodyStart, encodeUnreserved, firstValue, wireToText } from '@causeway/plugins';
import { decodeComponent } from '@causeway/signature';
import type { Hop } from './gateway.js';
import { quote } from './quote.js';

/** Of each of the objects and of the query, characters: what would make it longer is left out. */
const MAX_SECTION = 8192;

export function recordedText(x: Hop, rule: RecordRule): string {
  const { head, recorded } = x;
  let text = traceText(x, rule.trace);
  if (rule.query !== null && x.query !== '') text += queryText(x.query, rule.query);
  if (rule.requestHeaders !== null) text += headersText(',"requestHeaders":', head.raw, rule.requestHeaders);
  if (rule.claims !== null && x.claims !== null) text += claimsText(x.claims, rule.claims);
  if (rule.requestBody !== null) text += bodyText(',"requestBody":', requestBodyOf(x), head.raw, rule.requestBody);
  if (recorded === null) return text;
  const { headers, body } = recorded;
  if (rule.responseHeaders !== null) text += headersText(',"responseHeaders":', headers, rule.responseHeaders);
  if (rule.responseBody !== null) text += bodyText(',"responseBody":', body, headers, rule.responseBody);
  return text;
}

function traceText({ head, query }: Hop, trace: RecordRule['trace']): string {
  if (trace === null) return '';
  const header = trace.in === 'header' ? head.get(trace.name) : null;
  const value = trace.in === 'query' ? firstValue(query, trace.name) : header === null ? null : wireToText(header);
  const shown = value === null ? null : trace.show(value);
  return shown === null ? '' : `,"customTraceId":${quote(shown)}`;
}

/** The pairs as they were spelled, but for what was masked. */
function queryText(query: string, show: Show): string {
  let text = '';
  for (let at = 0; at <= query.length; ) {
    let end = query.indexOf('&', at);
    if (end < 0) end = query.length;
    const pair = query.slice(at, end);
    at = end + 1;
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    const value = equals < 0 ? '' : decodeComponent(pair.slice(equals + 1));
    const shown = show(decodeComponent(name), value);
    if (shown === null) continue;
    const piece = shown === value ? pair : `${name}=${encodeUnreserved(shown).replaceAll('%2A', '*')}`;
    if (text.length + piece.length >= MAX_SECTION) continue;
    text += text === '' ? piece : `&${piece}`;
  }
  return text === '' ? '' : `,"requestQueryString":${quote(text, MAX_SECTION)}`;
}

/** The lines of a name are one list. @param flat name, value, name, value; one character per byte */
function headersText(member: string, flat: readonly string[], show: Show): string {
  const shown = new Map<string, string>();
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i]!.toLowerCase();
    const value = show(name, wireToText(flat[i + 1]!));
    if (value === null) continue;
    const before = shown.get(name);
    shown.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return objectText(member, shown);
}

function claimsText(claims: NonNullable<Hop['claims']>, show: Show): string {
  const shown = new Map<string, string>();
  for (const [name, claim] of claims) {
    const value = claim === null ? null : show(name, textOf(claim));
    if (value !== null) shown.set(name, value);
  }
  return objectText(',"jwtClaims":', shown);
}

function objectText(member: string, values: ReadonlyMap<string, string>): string {
  let text = '';
  for (const [name, value] of values) {
    const piece = `${text === '' ? '' : ','}${quote(name)}:${quote(value)}`;
    if (text.length + piece.length > MAX_SECTION) continue;
    text += piece;
  }
  return text === '' ? '' : `${member}{${text}}`;
}

function requestBodyOf({ body, bodyStart }: Hop): BodyStart | null {
  if (body === null || body.buffered === null) return bodyStart;
  return BodyStart.of(body.buffered);
}

/** Only what is text, for only that can be masked: nothing compressed, no other charset than UTF-8, no binary data. */
function bodyText(member: string, start: BodyStart | null, headers: readonly string[], show: ShowBody): string {
  if (start === null || start.bytes.length === 0 || !isPlain(headers)) return '';
  const { bytes, isCut } = start;
  const whole = isCut ? bytes.subarray(0, lastCharacterEnd(bytes)) : bytes;
  if (!isUtf8(whole) || whole.includes(0)) return '';
  const shown = show(whole.toString('utf8'), isCut);
  return shown === null ? '' : member + quote(shown);
}

/** Of these ASCII is the same bytes everywhere; what is not ASCII must be UTF-8. */
const UTF8_OR_ASCII = /^(?:utf-?8|us-ascii|iso-8859-1)$/i;

function isPlain(headers: readonly string[]): boolean {
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!.toLowerCase();
    const value = headers[i + 1]!;
    if (name === 'content-encoding' && !/^\s*(?:identity)?\s*$/i.test(value)) return false;
    if (name !== 'content-type') continue;
    const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(value)?.[1];
    if (charset !== undefined && !UTF8_OR_ASCII.test(charset)) return false;
  }
  return true;
}

/** Where the last whole character of UTF-8 ends: the cut may have gone through one. */
function lastCharacterEnd(bytes: Buffer): number {
  let lead = bytes.length - 1;
  while (lead > 0 && lead > bytes.length - 4 && (bytes[lead]! & 0xc0) === 0x80) lead--;
  const first = bytes[lead]!;
  const length = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return lead + length > bytes.length ? lead : bytes.length;
}
